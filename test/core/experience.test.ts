import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { seatsFor, skips, startsAt } from '../../src/core/experience.ts'
import type { TierName } from '../../src/core/task.ts'

const TIERS: readonly TierName[] = ['fast', 'deep', 'cloud']

test('a task starts one tier higher where the usual start has hardly ever worked, and says why', () => {
  assert.deepEqual(startsAt(TIERS, 'fast', 'fix', { asked: 20, verified: 3 }), {
    value: 'deep',
    reason: '3 of the last 20 candidates for a fix task were verified at tier fast, so it starts at deep',
  })
})

test('it starts where it usually does while little is known, where it works, and at the top', () => {
  const usual = { value: 'fast', reason: null }
  assert.deepEqual(startsAt(TIERS, 'fast', 'fix', { asked: 19, verified: 0 }), usual)
  assert.deepEqual(startsAt(TIERS, 'fast', 'fix', { asked: 20, verified: 4 }), usual)
  assert.deepEqual(startsAt(TIERS, 'cloud', 'fix', { asked: 50, verified: 0 }), {
    value: 'cloud',
    reason: null,
  })
})

test('fewer coders sit down where one of them is sure to be verified', () => {
  const seats = (verified: number, asked = 50, configured = 5) =>
    seatsFor(configured, 'docs', { asked, verified }).value
  // 1 - .04^2 = .9984, 1 - .2^3 = .992, 1 - .28^4 = .9939, 1 - .4^5 = .9898
  assert.deepEqual([seats(50), seats(48), seats(40), seats(36), seats(30)], [2, 2, 3, 4, 5])
  assert.deepEqual([seats(0), seats(19, 19), seats(50, 50, 1)], [5, 5, 1])
  assert.match(
    seatsFor(5, 'docs', { asked: 50, verified: 48 }).reason ?? '',
    /^48 of the last 50 candidates for a docs task were verified, so 2 coders are enough$/,
  )
})

test('so many coders as are asked for bring a verified one as surely as is promised', () => {
  const rates = fc
    .integer({ min: 20, max: 50 })
    .chain((asked) => fc.record({ asked: fc.constant(asked), verified: fc.integer({ min: 0, max: asked }) }))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 26 }), rates, (configured, rate) => {
      const { value, reason } = seatsFor(configured, 'fix', rate)
      const share = rate.verified / rate.asked
      const sure = (seats: number): boolean => 1 - (1 - share) ** seats >= 0.98
      assert.ok(value >= Math.min(2, configured) && value <= configured)
      assert.ok(value === configured || sure(value), 'enough')
      assert.ok(value <= 2 || value > configured || !sure(value - 1), 'and no more than that')
      assert.equal(reason === null, value === configured)
    }),
  )
})

test('a tier where nearly nothing is ever verified is passed by, unless it is the last', () => {
  assert.deepEqual(skips(TIERS, 'deep', 'refactor', { asked: 50, verified: 2 }), {
    value: true,
    reason: '2 of the last 50 candidates for a refactor task were verified at tier deep, so it is passed by',
  })
  assert.equal(skips(TIERS, 'deep', 'refactor', { asked: 20, verified: 1 }).value, false)
  assert.equal(skips(TIERS, 'deep', 'refactor', { asked: 19, verified: 0 }).value, false)
  assert.equal(skips(TIERS, 'cloud', 'refactor', { asked: 50, verified: 0 }).value, false)
})
