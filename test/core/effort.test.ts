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

test('where coders follow one another the first change that holds is enough, unless all there is was asked for', () => {
  const oneByOne = (effort: 'low' | 'medium' | 'high', voting: 'by-effort' | 'first-to-3') =>
    strategyOf(effort, voting, { sequential: true })
  for (const effort of ['low', 'medium'] as const) {
    const { first, agreeing, alone } = oneByOne(effort, 'by-effort')
    assert.deepEqual({ first, agreeing, alone }, { first: 1, agreeing: 1, alone: 'accept' })
  }
  assert.deepEqual(oneByOne('high', 'by-effort'), { ...strategyOf('high', 'by-effort'), first: 1 })
  assert.deepEqual(oneByOne('medium', 'first-to-3'), { ...strategyOf('medium', 'first-to-3'), first: 1 })
})
