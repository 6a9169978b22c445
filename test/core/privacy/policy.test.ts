import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { orderUnder, stricter } from '../../../src/core/privacy/policy.ts'
import { Policy } from '../../../src/core/privacy/policy-name.ts'
import { TierName } from '../../../src/core/task.ts'

const ALL = TierName.options
const only =
  (...cloud: TierName[]) =>
  (tier: TierName) =>
    cloud.includes(tier) ? ('cloud' as const) : ('local' as const)
const SMALL = { request: 'rename it', filesOwned: [] }
const WIDE = { request: 'x'.repeat(1_001), filesOwned: [] }

test('whose turn it is: the policy, the tiers in the cloud, and the size of the request decide', () => {
  const table = [
    [
      'offline',
      ['cloud'],
      WIDE,
      { tiers: ['fast', 'deep', 'reviewer'], first: ['fast', 'deep', 'reviewer'] },
    ],
    ['offline', ALL, SMALL, { tiers: [], first: [] }],
    [
      'prefer-local',
      ['deep'],
      WIDE,
      {
        tiers: ['fast', 'reviewer', 'cloud', 'deep'],
        first: ['fast', 'reviewer', 'cloud'],
        reviewer: 'reviewer',
      },
    ],
    ['prefer-local', [], WIDE, { tiers: ALL, first: ALL }],
    ['prefer-local', ALL, SMALL, { tiers: ALL, first: ALL }],
    [
      'cloud-for-complex',
      ['cloud'],
      SMALL,
      { tiers: ALL, first: ['fast', 'deep', 'reviewer'], reviewer: 'reviewer' },
    ],
    [
      'cloud-for-complex',
      ['cloud'],
      WIDE,
      { tiers: ['fast', 'deep', 'cloud'], first: ['fast', 'deep'], planner: 'cloud', reviewer: 'cloud' },
    ],
    [
      'cloud-for-complex',
      ['deep', 'reviewer', 'cloud'],
      WIDE,
      {
        tiers: ['fast', 'deep', 'reviewer', 'cloud'],
        first: ['deep', 'reviewer', 'cloud'],
        planner: 'reviewer',
        reviewer: 'reviewer',
      },
    ],
  ] as const
  for (const [policy, cloud, asked, order] of table)
    assert.deepEqual(orderUnder(policy, ALL, only(...cloud), asked), order, `${policy} ${cloud.join(' ')}`)
})

test('a request makes the policy stricter and never looser', () => {
  const policy = fc.constantFrom(...Policy.options)
  fc.assert(
    fc.property(policy, fc.option(policy), (configured, asked) => {
      const so = stricter(configured, asked)
      assert.ok(Policy.options.indexOf(so) <= Policy.options.indexOf(configured))
      if (asked === 'offline') assert.equal(so, 'offline')
    }),
  )
})

test('offline never has a turn for the cloud, and no other policy lets the cloud begin where there is a home', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Policy.options),
      fc.subarray([...ALL], { minLength: 1 }),
      fc.subarray([...ALL]),
      fc.boolean(),
      (policy, tiers, cloud, isWide) => {
        const placeOf = only(...cloud)
        const order = orderUnder(policy, tiers, placeOf, isWide ? WIDE : SMALL)
        if (policy === 'offline') assert.ok(order.tiers.every((tier) => placeOf(tier) === 'local'))
        if (policy === 'prefer-local' && tiers.some((tier) => placeOf(tier) === 'local')) {
          assert.ok(order.first.every((tier) => placeOf(tier) === 'local'))
          assert.notEqual(order.reviewer && placeOf(order.reviewer), 'cloud')
        }
      },
    ),
  )
})
