import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  nextStep,
  startTier,
  tooLarge,
  type Policy,
  type Round,
  type Step,
} from '../../src/core/escalation.ts'
import { GateKind, TierName } from '../../src/core/task.ts'

const THREE: Policy = { tiers: ['fast', 'deep', 'reviewer'], attemptsPerTier: 2, attempts: 5 }
const FOUR: Policy = { ...THREE, tiers: ['fast', 'deep', 'reviewer', 'cloud'] }

type Result = Round['result']
const noPatch: Result = { kind: 'no-patch' }
const failing = (gate: GateKind, findings = 9, located = findings): Result => ({
  kind: 'gate-failed',
  gate,
  findings,
  located,
})
const large = (files: number, lines: number): Result => ({ kind: 'verified', files, lines, objected: false })
const objected: Result = { kind: 'verified', files: 1, lines: 10, objected: true }
const round = (tier: TierName, result: Result): Round => ({ tier, result })

/** The whole history of a task all of whose attempts end alike. */
function play(policy: Policy, start: TierName, results: (rounds: readonly Round[]) => Result) {
  const rounds: Round[] = []
  for (;;) {
    const step = nextStep(policy, start, rounds)
    if (step.kind === 'give-up') return { tiers: rounds.map(({ tier }) => tier), reason: step.reason }
    rounds.push({ tier: step.tier, result: results(rounds) })
    assert.ok(rounds.length < 100, 'it never ends')
  }
}

const upTo = (step: Step): [TierName, string] | null =>
  step.kind === 'attempt' && step.escalation ? [step.tier, step.escalation.reason] : null

test('a task starts at fast', () => {
  assert.equal(startTier(THREE.tiers, 'short', 0), 'fast')
  assert.equal(startTier(THREE.tiers, 'x'.repeat(1_000), 5), 'fast')
})

test('more than five owned files or a thousand characters start at deep', () => {
  assert.equal(startTier(THREE.tiers, 'short', 6), 'deep')
  assert.equal(startTier(THREE.tiers, 'x'.repeat(1_001), 0), 'deep')
})

test('without a deep tier everything starts at the lowest there is', () => {
  assert.equal(startTier(['fast', 'reviewer'], 'x'.repeat(2_000), 9), 'fast')
})

for (const { tier, files, lines, isTooLarge } of [
  { tier: 'fast', files: 3, lines: 200, isTooLarge: false },
  { tier: 'fast', files: 4, lines: 10, isTooLarge: true },
  { tier: 'fast', files: 1, lines: 201, isTooLarge: true },
  { tier: 'deep', files: 4, lines: 200, isTooLarge: false },
  { tier: 'deep', files: 1, lines: 201, isTooLarge: true },
  { tier: 'reviewer', files: 9, lines: 300, isTooLarge: false },
  { tier: 'cloud', files: 9, lines: 300, isTooLarge: false },
] as const) {
  test(`${files} files and ${lines} lines are ${isTooLarge ? 'too large' : 'fine'} for ${tier}`, () => {
    assert.equal(tooLarge(tier, { files, lines }) !== null, isTooLarge)
  })
}

test('the first attempt is at the start tier, without an escalation', () => {
  assert.deepEqual(nextStep(THREE, 'deep', []), { kind: 'attempt', tier: 'deep', escalation: null })
})

for (const { name, rounds, expected } of [
  {
    name: 'one failed build is tried again at fast',
    rounds: [round('fast', failing('build'))],
    expected: null,
  },
  {
    name: 'a build that fails twice goes to deep',
    rounds: [round('fast', failing('build')), round('fast', failing('build'))],
    expected: ['deep', 'the build failed twice'],
  },
  {
    name: 'type errors that persist go to deep',
    rounds: [round('fast', failing('typecheck')), round('fast', failing('typecheck'))],
    expected: ['deep', 'type errors persist'],
  },
  {
    name: 'more than three changed files go to deep at once',
    rounds: [round('fast', large(4, 10))],
    expected: ['deep', '4 files changed, more than 3'],
  },
  {
    name: 'more than 200 changed lines go to deep at once',
    rounds: [round('fast', large(1, 201))],
    expected: ['deep', '201 lines changed, more than 200'],
  },
  {
    name: 'two attempts without a patch go to deep',
    rounds: [round('fast', noPatch), round('fast', noPatch)],
    expected: ['deep', '2 attempts at fast did not get there'],
  },
  {
    name: 'two attempts the reviewer objects to go to deep',
    rounds: [round('fast', objected), round('fast', objected)],
    expected: ['deep', '2 attempts at fast did not get there'],
  },
  {
    name: 'a large diff at deep goes to reviewer',
    rounds: [round('deep', large(1, 201))],
    expected: ['reviewer', '201 lines changed, more than 200'],
  },
  {
    name: 'a failure at deep that names no place is unclear and goes to reviewer',
    rounds: [round('deep', failing('test', 2, 0))],
    expected: ['reviewer', 'the failure of test is unclear'],
  },
  {
    name: 'few findings at deep need a minimal repair by reviewer',
    rounds: [round('deep', failing('test', 3))],
    expected: ['reviewer', 'test needs a minimal repair'],
  },
  {
    name: 'many findings at deep are tried again at deep',
    rounds: [round('deep', failing('test', 4))],
    expected: null,
  },
  {
    name: 'few findings at fast are tried again at fast',
    rounds: [round('fast', failing('test', 1))],
    expected: null,
  },
  {
    name: 'an objection is tried again at the same tier',
    rounds: [round('fast', objected)],
    expected: null,
  },
] as const) {
  test(name, () => {
    assert.deepEqual(upTo(nextStep(THREE, rounds[0].tier, rounds)), expected)
  })
}

test('a failed build and then a failed test are not a build that failed twice', () => {
  const step = nextStep(THREE, 'fast', [round('fast', failing('build')), round('fast', failing('test'))])
  assert.deepEqual(upTo(step), ['deep', '2 attempts at fast did not get there'])
})

test('with three tiers every tier gets its two attempts and the top one the last', () => {
  const { tiers, reason } = play(THREE, 'fast', () => noPatch)
  assert.deepEqual(tiers, ['fast', 'fast', 'deep', 'deep', 'reviewer'])
  assert.equal(reason, 'all 5 attempts are used')
})

test('with four tiers the fifth attempt still belongs to the highest', () => {
  const { tiers } = play(FOUR, 'fast', () => failing('lint'))
  assert.deepEqual(tiers, ['fast', 'fast', 'deep', 'deep', 'cloud'])
})

test('a task that climbs fast has the attempts that are left at the top', () => {
  const { tiers, reason } = play(THREE, 'deep', () => failing('test', 1))
  assert.deepEqual(tiers, ['deep', 'reviewer', 'reviewer'])
  assert.equal(reason, '2 attempts at reviewer, and no tier above it')
})

test('with one tier there are two attempts', () => {
  const { tiers, reason } = play({ ...THREE, tiers: ['fast'] }, 'fast', () => noPatch)
  assert.deepEqual(tiers, ['fast', 'fast'])
  assert.equal(reason, '2 attempts at fast, and no tier above it')
})

const anyResult: fc.Arbitrary<Result> = fc.oneof(
  fc.constant(noPatch),
  fc.record({
    kind: fc.constant('verified' as const),
    files: fc.integer({ min: 1, max: 8 }),
    lines: fc.integer({ min: 1, max: 300 }),
    objected: fc.boolean(),
  }),
  fc
    .record({ gate: fc.constantFrom(...GateKind.options), findings: fc.nat(6), located: fc.nat(6) })
    .map(({ gate, findings, located }) => failing(gate, findings, Math.min(findings, located))),
)
const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  tiers: fc.subarray([...TierName.options], { minLength: 1 }),
  attemptsPerTier: fc.integer({ min: 1, max: 3 }),
  attempts: fc.integer({ min: 1, max: 6 }),
})
const anyTask = anyPolicy.chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    start: fc.constantFrom(...policy.tiers.slice(0, 2)),
    results: fc.array(anyResult, { minLength: 10, maxLength: 10 }),
  }),
)

test('whatever happens, a task ends, stays within its limits, and only ever climbs', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, results }) => {
      const { tiers, reason } = play(policy, start, (rounds) => results[rounds.length]!)
      assert.notEqual(reason, '')
      assert.ok(tiers.length <= policy.attempts)
      for (const tier of policy.tiers) {
        assert.ok(tiers.filter((other) => other === tier).length <= policy.attemptsPerTier, tiers.join(' '))
      }
      const heights = tiers.map((tier) => policy.tiers.indexOf(tier))
      assert.deepEqual(
        heights,
        heights.toSorted((one, other) => one - other),
      )
    }),
    { numRuns: 500 },
  )
})

test('a task that uses all its attempts spends the last one at the highest tier', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, results }) => {
      const { tiers } = play(policy, start, (rounds) => results[rounds.length]!)
      if (policy.attempts > 1 && tiers.length === policy.attempts)
        assert.equal(tiers.at(-1), policy.tiers.at(-1))
    }),
    { numRuns: 500 },
  )
})

test('a task that gives up has asked the highest tier', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, results }) => {
      const { tiers } = play(policy, start, (rounds) => results[rounds.length]!)
      if (policy.attempts > 1) assert.equal(tiers.at(-1), policy.tiers.at(-1), tiers.join(' '))
    }),
    { numRuns: 500 },
  )
})

test('every escalation says why, and goes from the tier of the last attempt', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, results }) => {
      const rounds: Round[] = []
      for (const result of results) {
        const step = nextStep(policy, start, rounds)
        if (step.kind === 'give-up') return
        const before = rounds.at(-1)?.tier ?? start
        assert.equal(step.escalation !== null, step.tier !== before)
        if (step.escalation) {
          assert.equal(step.escalation.from, before)
          assert.notEqual(step.escalation.reason, '')
        }
        rounds.push({ tier: step.tier, result })
      }
    }),
    { numRuns: 500 },
  )
})
