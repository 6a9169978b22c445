import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLedger } from '../src/parse.ts'

test('a line becomes an entry in cents', () => {
  assert.deepEqual(parseLedger('2026-03-01;food;12.50\n'), [
    { date: '2026-03-01', category: 'food', cents: 1250 },
  ])
})

test('empty lines are skipped', () => {
  assert.equal(parseLedger('2026-03-01;food;1.00\n\n2026-03-02;rent;2.00\n').length, 2)
})

test('a refund is negative', () => {
  assert.equal(parseLedger('2026-03-01;food;-0.99')[0]?.cents, -99)
})

test('a broken line is named', () => {
  assert.throws(() => parseLedger('2026-03-01;food'), /not an entry: 2026-03-01;food/)
  assert.throws(() => parseLedger('2026-03-01;food;12,50'), /not an amount: 12,50/)
})
