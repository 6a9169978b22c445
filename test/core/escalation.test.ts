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

const THREE: Policy = { tiers: ['fast', 'deep', 'reviewer'], skip: [], attemptsPerTier: 2, attempts: 5 }
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
const held = (why: 'split' | 'alone'): Result => ({ kind: 'held', why })
const round = (tier: TierName, result: Result, rest: Partial<Round> = {}): Round => ({
  tier,
  signature: null,
  repeated: false,
  result,
  ...rest,
})

type Ending = Omit<Round, 'tier'>
const ending = (result: Result): Ending => ({ signature: null, repeated: false, result })

/** The whole history of a task whose attempts end like this. */
function play(policy: Policy, start: TierName, endings: (rounds: readonly Round[]) => Ending) {
  const rounds: Round[] = []
  for (;;) {
    const step = nextStep(policy, start, rounds)
    if (step.kind === 'give-up') return { tiers: rounds.map(({ tier }) => tier), reason: step.reason }
    rounds.push({ tier: step.tier, ...endings(rounds) })
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
    expected: ['deep', 'two attempts in a row gave no usable patch'],
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
  {
    name: 'one attempt without a patch is tried again at the same tier',
    rounds: [round('fast', noPatch)],
    expected: null,
  },
  {
    name: 'survivors that are split are held, and a higher tier is asked',
    rounds: [round('fast', held('split'))],
    expected: ['deep', 'the candidates that passed are split'],
  },
  {
    name: 'one survivor that does not convince is held, and a higher tier is asked',
    rounds: [round('deep', held('alone'))],
    expected: ['reviewer', 'one candidate that passed is not enough to be convinced'],
  },
  {
    name: 'what failed before and comes again goes up at once',
    rounds: [round('fast', failing('test'), { repeated: true })],
    expected: ['deep', 'what had failed before came again'],
  },
] as const) {
  test(name, () => {
    assert.deepEqual(upTo(nextStep(THREE, rounds[0].tier, rounds)), expected)
  })
}

const THRICE: Policy = { ...THREE, attemptsPerTier: 3, attempts: 9 }
const same = (gate: GateKind) => ({ signature: `${gate}: src/a.ts: no such name` })

test('the same failure twice in a row goes up before the attempts of the tier are used', () => {
  const once = round('fast', failing('test'), same('test'))
  assert.equal(upTo(nextStep(THRICE, 'fast', [once])), null)
  assert.deepEqual(upTo(nextStep(THRICE, 'fast', [once, once])), [
    'deep',
    'the same failure came twice in a row',
  ])
  const other = round('fast', failing('test'), { signature: 'test: something else' })
  assert.equal(upTo(nextStep(THRICE, 'fast', [once, other])), null)
  const between = [once, round('fast', noPatch), once]
  assert.notEqual(upTo(nextStep(THRICE, 'fast', between))?.[1], 'the same failure came twice in a row')
  const unknown = round('fast', failing('test'))
  assert.equal(upTo(nextStep(THRICE, 'fast', [unknown, unknown])), null)
})

test('a failure that the next tier meets again sends the task further up', () => {
  const rounds = [round('fast', failing('lint'), same('lint')), round('deep', failing('lint'), same('lint'))]
  assert.deepEqual(upTo(nextStep(THRICE, 'fast', rounds)), [
    'reviewer',
    'the same failure came twice in a row',
  ])
})

test('two attempts without a usable patch go up before the attempts of the tier are used', () => {
  const step = nextStep(THRICE, 'fast', [round('fast', noPatch), round('fast', noPatch)])
  assert.deepEqual(upTo(step), ['deep', 'two attempts in a row gave no usable patch'])
})

for (const { name, rounds, reason } of [
  {
    name: 'two attempts without a usable patch',
    rounds: [round('reviewer', noPatch), round('reviewer', noPatch)],
    reason: 'two attempts in a row gave no usable patch, and there is no tier above reviewer',
  },
  {
    name: 'the same failure twice',
    rounds: [
      round('reviewer', failing('test'), same('test')),
      round('reviewer', failing('test'), same('test')),
    ],
    reason: 'the same failure came twice in a row, and there is no tier above reviewer',
  },
  {
    name: 'what failed before and comes again',
    rounds: [round('reviewer', objected), round('reviewer', failing('test'), { repeated: true })],
    reason: 'what had failed before came again, and there is no tier above reviewer',
  },
]) {
  test(`${name} at the top ends the task`, () => {
    assert.deepEqual(nextStep(THRICE, 'fast', rounds), { kind: 'give-up', reason })
  })
}

test('the failure of a lower tier is no reason to give the top tier one attempt only', () => {
  const rounds = [
    round('deep', failing('test'), same('test')),
    round('reviewer', failing('test'), { ...same('test'), repeated: true }),
  ]
  assert.deepEqual(nextStep(THREE, 'deep', rounds), { kind: 'attempt', tier: 'reviewer', escalation: null })
})

test('a tier that brings nothing is passed by, and the last attempt is not kept for it either', () => {
  const up = nextStep({ ...FOUR, skip: ['deep'] }, 'fast', [round('fast', large(4, 10))])
  assert.deepEqual(upTo(up), ['reviewer', '4 files changed, more than 3'])
  const { tiers } = play({ ...FOUR, skip: ['deep', 'cloud'] }, 'fast', () => ending(failing('lint')))
  assert.deepEqual(tiers, ['fast', 'fast', 'reviewer', 'reviewer'])
})

test('an attempt that would be the last is spent at the top even where survivors were held at the bottom', () => {
  const step = nextStep({ ...FOUR, attempts: 2 }, 'fast', [round('fast', held('split'))])
  assert.deepEqual(upTo(step), ['cloud', 'the candidates that passed are split'])
})

test('a failed build and then a failed test are not a build that failed twice', () => {
  const step = nextStep(THREE, 'fast', [round('fast', failing('build')), round('fast', failing('test'))])
  assert.deepEqual(upTo(step), ['deep', '2 attempts at fast did not get there'])
})

test('with three tiers every tier gets its two attempts and the top one the last', () => {
  const { tiers, reason } = play(THREE, 'fast', () => ending(objected))
  assert.deepEqual(tiers, ['fast', 'fast', 'deep', 'deep', 'reviewer'])
  assert.equal(reason, 'all 5 attempts are used')
})

test('with four tiers the fifth attempt still belongs to the highest', () => {
  const { tiers } = play(FOUR, 'fast', () => ending(failing('lint')))
  assert.deepEqual(tiers, ['fast', 'fast', 'deep', 'deep', 'cloud'])
})

test('a task that climbs fast has the attempts that are left at the top', () => {
  const { tiers, reason } = play(THREE, 'deep', () => ending(failing('test', 1)))
  assert.deepEqual(tiers, ['deep', 'reviewer', 'reviewer'])
  assert.equal(reason, '2 attempts at reviewer, and no tier above it')
})

test('with one tier there are two attempts', () => {
  const { tiers, reason } = play({ ...THREE, tiers: ['fast'] }, 'fast', () => ending(objected))
  assert.deepEqual(tiers, ['fast', 'fast'])
  assert.equal(reason, '2 attempts at fast, and no tier above it')
})

const anyResult: fc.Arbitrary<Result> = fc.oneof(
  fc.constant(noPatch),
  fc.constantFrom(held('split'), held('alone')),
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
// few signatures, so that they meet
const anyEnding: fc.Arbitrary<Ending> = fc.record({
  result: anyResult,
  signature: fc.constantFrom(null, 'one', 'other'),
  repeated: fc.boolean(),
})
const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  tiers: fc.subarray([...TierName.options], { minLength: 1 }),
  skip: fc.subarray([...TierName.options], { maxLength: 2 }),
  attemptsPerTier: fc.integer({ min: 1, max: 3 }),
  attempts: fc.integer({ min: 1, max: 6 }),
})
const anyTask = anyPolicy.chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    start: fc.constantFrom(...policy.tiers.slice(0, 2)),
    endings: fc.array(anyEnding, { minLength: 10, maxLength: 10 }),
  }),
)

/** The highest tier a task that starts here can be sent to. */
const topOf = ({ tiers, skip }: Policy, start: TierName): TierName =>
  tiers.slice(tiers.indexOf(start) + 1).findLast((tier) => !skip.includes(tier)) ?? start

test('whatever happens, a task ends, stays within its limits, and only ever climbs', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, endings }) => {
      const { tiers, reason } = play(policy, start, (rounds) => endings[rounds.length]!)
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
      assert.ok(tiers.every((tier) => tier === start || !policy.skip.includes(tier)))
    }),
    { numRuns: 500 },
  )
})

test('a task that gives up has asked the highest tier it may, if it had more than one attempt', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, endings }) => {
      const { tiers } = play(policy, start, (rounds) => endings[rounds.length]!)
      if (policy.attempts > 1) assert.equal(tiers.at(-1), topOf(policy, start), tiers.join(' '))
    }),
    { numRuns: 500 },
  )
})

test('the same history leads to the same step, and is left as it was', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, endings }) => {
      const rounds = endings.slice(0, 3).map((each) => ({ tier: start, ...each }))
      const before = JSON.stringify({ policy, rounds })
      assert.deepEqual(nextStep(policy, start, rounds), nextStep(structuredClone(policy), start, rounds))
      assert.equal(JSON.stringify({ policy, rounds }), before)
    }),
    { numRuns: 200 },
  )
})

test('every escalation says why, and goes from the tier of the last attempt', () => {
  fc.assert(
    fc.property(anyTask, ({ policy, start, endings }) => {
      const rounds: Round[] = []
      for (const each of endings) {
        const step = nextStep(policy, start, rounds)
        if (step.kind === 'give-up') return
        const before = rounds.at(-1)?.tier ?? start
        assert.equal(step.escalation !== null, step.tier !== before)
        if (step.escalation) {
          assert.equal(step.escalation.from, before)
          assert.notEqual(step.escalation.reason, '')
        }
        rounds.push({ tier: step.tier, ...each })
      }
    }),
    { numRuns: 500 },
  )
})
