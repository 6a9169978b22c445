import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLedger } from '../src/parse.ts'
import { summarise } from '../src/summary.ts'

test('amounts are summed by category', () => {
  const entries = parseLedger('2026-03-01;food;1.10\n2026-03-02;rent;800.00\n2026-03-03;food;2.20\n')
  assert.deepEqual(Object.fromEntries(summarise(entries)), { food: 330, rent: 80_000 })
})

test('categories keep the order of their first entry', () => {
  const entries = parseLedger('2026-03-01;rent;1.00\n2026-03-02;food;1.00\n2026-03-03;rent;1.00\n')
  assert.deepEqual([...summarise(entries).keys()], ['rent', 'food'])
})
