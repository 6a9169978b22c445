import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sequentialTest } from '../../../src/core/ballots/sequential-test.ts'

for (const { right, asked, expected } of [
  { right: 0, asked: 0, expected: 'more' },
  { right: 11, asked: 11, expected: 'more' },
  { right: 12, asked: 12, expected: 'admitted' },
  { right: 0, asked: 8, expected: 'more' },
  { right: 0, asked: 9, expected: 'rejected' },
  { right: 60, asked: 100, expected: 'more' },
  { right: 65, asked: 100, expected: 'admitted' },
  { right: 50, asked: 100, expected: 'rejected' },
]) {
  test(`${right} of ${asked} known ballots right: ${expected}`, () => {
    assert.equal(sequentialTest(right, asked), expected)
  })
}

/** The exact chances of being admitted or rejected within so many ballots, for a voter that is right this often. */
function chances(right: number, most: number): { admitted: number; rejected: number; asked: number } {
  let open = new Map([[0, 1]])
  const sum = { admitted: 0, rejected: 0, asked: 0 }
  for (let asked = 1; asked <= most; asked += 1) {
    const next = new Map<number, number>()
    for (const [yes, mass] of open) {
      for (const [count, chance] of [
        [yes + 1, right],
        [yes, 1 - right],
      ] as const) {
        const result = sequentialTest(count, asked)
        if (result === 'more') next.set(count, (next.get(count) ?? 0) + mass * chance)
        else sum[result] += mass * chance
      }
      sum.asked += mass
    }
    open = next
  }
  return sum
}

test('a voter that guesses is admitted in at most one of twenty examinations, and one right 65 % of the time rejected in as many', () => {
  const guessing = chances(0.5, 120)
  const good = chances(0.65, 120)
  assert.ok(guessing.admitted < 0.05, `${guessing.admitted}`)
  assert.ok(good.rejected < 0.05, `${good.rejected}`)
  assert.ok(good.admitted > 0.75, `${good.admitted}`)
})

test('an examination ends early: after 60 ballots on average where a voter guesses, after 20 where it is right nine times of ten', () => {
  assert.ok(chances(0.5, 120).asked < 60, `${chances(0.5, 120).asked}`)
  assert.ok(chances(0.9, 120).asked < 20, `${chances(0.9, 120).asked}`)
})
