import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEffort, strategyOf } from '../../src/core/effort.ts'

for (const [word, effort] of Object.entries({
  none: 'direct',
  minimal: 'direct',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
  enormous: null,
})) {
  test(`reasoning_effort ${word} asks for ${effort ?? 'nothing that is known'}`, () => {
    assert.equal(readEffort(word), effort)
  })
}

test('more effort never means fewer coders, weaker proof or fewer reviews', () => {
  const [low, medium, high] = [
    strategyOf('low', 'by-effort'),
    strategyOf('medium', 'by-effort'),
    strategyOf('high', 'by-effort'),
  ]
  for (const [less, more] of [
    [low, medium],
    [medium, high],
  ] as const) {
    assert.ok((less.first ?? Infinity) <= (more.first ?? Infinity))
    assert.ok(less.mutants <= more.mutants)
    assert.ok(less.reviewLoops <= more.reviewLoops)
    assert.ok(less.agreeing <= more.agreeing)
  }
})

test('first-to-3 sends survivors that differ to the voters, at every effort', () => {
  for (const effort of ['low', 'medium', 'high'] as const)
    assert.equal(strategyOf(effort, 'first-to-3').tie, 'vote')
})
