import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_EXPERIENCE, type Experience } from '../../../src/core/experience.ts'
import { NO_VOTER_RECORD } from '../../../src/core/voter-record.ts'
import type { ScriptedReply } from '../../support/scripted-models.ts'
import {
  ALSO_RIGHT,
  atSeat,
  GATES,
  greets,
  letterFor,
  only,
  RIGHT,
  setStage,
  spine,
  TYPE_ERROR,
  type Scene,
} from '../../support/story.ts'

const HANG: ScriptedReply = { kind: 'hang', after: 'Let me think' }
/** Gates that cannot be measured, since nothing of them is a test. */
const WEAK = { typecheck: GATES.typecheck }
/** The same code as RIGHT, in other words. */
const REWORDED = greets("// politely\n  const punctuation = '!'\n  return 'Hello, ' + name + punctuation")
const SAME = greets("return 'Hello, ' + name + '!' // politely")
const two: Partial<Scene> = {
  gates: WEAK,
  limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
}
const NODE_TEST = { test: { command: ['node', '--test', 'test/*.test.js'] } }
const testOf = (assertion: string): string =>
  `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { greet } from '../src/greet.js'\n\ntest('greets', () => {\n  ${assertion}\n})\n`
const NODE_PROJECT = {
  'package.json': '{ "type": "module" }\n',
  'src/greet.js': "/** Greets somebody. */\nexport function greet(name) {\n  return 'hello ' + name\n}\n",
  'test/greet.test.js': testOf("assert.match(greet('Ann'), /Ann/)"),
}
const ADMITTED: Experience = {
  ...NO_EXPERIENCE,
  voter: () => ({ ...NO_VOTER_RECORD, labelled: 30, right: 30, valid: 30, first: 15 }),
}

test('two coders of one mind decide it, in whatever words, and no gate runs twice for them', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: ({ seat }) => [RIGHT, SAME, HANG, HANG, HANG][seat - 1]! },
    gates: WEAK,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  const [end] = only(story, 'contest_end')
  assert.deepEqual([end?.decision, end?.support, end?.verified], ['agreement', 2, 1])
  assert.equal(only(story, 'candidate_agreed').length, 1)
  assert.equal(only(story, 'gate_complete').length, 1)
  assert.deepEqual(atSeat(story, 4), ['asked', 'cancelled'])
  assert.equal(outcome.proof.agreement.agreeing, 2)
})

test('how much the checks notice is measured on the first survivor, and goes with the answer', async (t) => {
  const { tell } = await setStage(t, {
    files: {
      ...NODE_PROJECT,
      'test/exact.test.js': testOf("assert.equal(greet('Ann').toLowerCase().slice(0, 5), 'hello')"),
    },
    cast: { coder: ({ seat }) => (seat === 1 ? greets("return 'Hello ' + name") : TYPE_ERROR) },
    gates: NODE_TEST,
    tiers: ['fast'],
    limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  const [strength] = only(story, 'gate_strength')
  assert.equal(strength?.strength.exercised, true)
  assert.ok(strength.strength.mutants >= 2)
  assert.deepEqual(strength.strength.survived, [])
  assert.equal(only(story, 'contest_end')[0]?.decision, 'only')
  assert.deepEqual(outcome.proof.strength, strength.strength)
})

test('one survivor behind weak checks is kept, and what the next tier writes is compared with it', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: ({ model, seat }) => (model === 'deep-coder' ? SAME : seat === 1 ? RIGHT : TYPE_ERROR) },
    ...two,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(spine(story), [
    'attempt 1 at fast',
    'plan of 1',
    'contest 1 of 2',
    'contest 1: nobody',
    'up to deep: one candidate that passed is not enough to be convinced',
    'attempt 2 at deep',
    'plan of 1',
    'contest 1 of 1',
    'contest 1: agreement',
    'review 1: approve',
  ])
  assert.equal(only(story, 'contest_start')[1]?.held, 1)
  assert.equal(outcome.proof.agreement.agreeing, 2)
})

test('where nothing above does better, what was kept is the answer', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: ({ model, seat }) => (model === 'fast-coder' && seat === 1 ? RIGHT : TYPE_ERROR) },
    ...two,
  })
  const { outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.match(outcome.patch.diff, /'Hello, ' \+ name \+ '!'/)
  assert.equal(outcome.proof.agreement.agreeing, 1)
})

test('survivors that differ go up a tier, whose change is the third opinion', async (t) => {
  const { tell } = await setStage(t, {
    cast: {
      coder: ({ model, seat }) => (model === 'deep-coder' ? SAME : seat === 1 ? RIGHT : ALSO_RIGHT),
    },
    ...two,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(
    only(story, 'contest_end').map(({ decision, support }) => [decision, support]),
    [
      [null, 0],
      ['agreement', 2],
    ],
  )
  assert.equal(only(story, 'vote_start').length, 0)
})

test('a test of the request tells survivors apart, and those who pass it agree', async (t) => {
  const shouts = greets("return 'HELLO, ' + name + '!'")
  const { tell, prompts } = await setStage(t, {
    files: NODE_PROJECT,
    cast: {
      coder: ({ seat }) => [RIGHT, ALSO_RIGHT, shouts][seat - 1]!,
      tester: () =>
        `test/polite.test.js\n\`\`\`js\n${testOf("assert.equal(greet('Ann'), 'Hello, Ann!')")}\`\`\`\n`,
    },
    gates: NODE_TEST,
    limits: { seats: { fast: 3, deep: 1, reviewer: 1, cloud: 1 } },
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.equal(prompts('tester').length, 1)
  assert.equal(only(story, 'spec_test')[0]?.status, 'holds')
  assert.deepEqual(new Set(only(story, 'spec_result').map(({ passed }) => passed)), new Set([true, false]))
  assert.match(outcome.patch.diff, /Hello, /)
  assert.deepEqual(
    only(story, 'contest_end').map(({ decision, support }) => [decision, support]),
    [['probe', 2]],
  )
  assert.equal(outcome.proof.specTest?.path, 'test/polite.test.js')
  assert.equal(only(story, 'attempt_start').length, 1)
})

test('a test that more coders fail than pass throws nobody out', async (t) => {
  const shouts = greets("return 'HELLO, ' + name + '!'")
  const { tell } = await setStage(t, {
    files: NODE_PROJECT,
    cast: {
      coder: ({ seat }) => [RIGHT, ALSO_RIGHT, shouts][seat - 1]!,
      tester: () =>
        `test/loud.test.js\n\`\`\`js\n${testOf("assert.equal(greet('Ann'), 'HELLO, Ann!')")}\`\`\`\n`,
    },
    gates: NODE_TEST,
    limits: { seats: { fast: 3, deep: 1, reviewer: 1, cloud: 1 } },
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.equal(only(story, 'spec_test')[0]?.status, 'holds')
  assert.match(outcome.patch.diff, /Hello, /)
  assert.equal(outcome.proof.specTest, null)
})

test('at the top survivors that differ go to a voter that has shown what it can', async (t) => {
  const { tell } = await setStage(t, {
    cast: {
      coder: ({ seat }) => (seat === 1 ? RIGHT : ALSO_RIGHT),
      voter: ({ text }) => letterFor(text, '`Hello'),
    },
    ...two,
    tiers: ['fast'],
    experience: ADMITTED,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.equal(only(story, 'contest_end').at(-1)?.decision, 'vote')
  assert.match(outcome.patch.diff, /`Hello/)
})

test('where not even voters can tell, the answer says that nothing did', async (t) => {
  const { tell } = await setStage(t, {
    cast: {
      coder: ({ seat, model }) => (model === 'fast-coder' ? (seat === 1 ? RIGHT : ALSO_RIGHT) : TYPE_ERROR),
      voter: () => 'both',
    },
    ...two,
    tiers: ['fast', 'deep'],
    experience: ADMITTED,
  })
  const { outcome } = await tell()
  assert.ok(outcome?.kind === 'unverified')
  assert.match(outcome.reason, /2 different changes passed the checks/)
})

test('at low effort one coder is asked, and a second only when the first fails', async (t) => {
  const { tell, prompts } = await setStage(t, {
    cast: { coder: ({ nth }) => (nth === 1 ? TYPE_ERROR : RIGHT) },
    gates: WEAK,
  })
  const { story, outcome } = await tell({ effort: 'low' })
  assert.equal(outcome?.kind, 'verified')
  assert.equal(prompts('coder').length, 2)
  assert.equal(only(story, 'gate_strength').length, 0)
  assert.equal(only(story, 'attempt_start').length, 1)
})

test('at high effort all is waited for, and two groups are always voted on', async (t) => {
  const { tell, prompts } = await setStage(t, {
    cast: {
      coder: ({ seat }) => (seat === 5 ? ALSO_RIGHT : seat < 3 ? RIGHT : REWORDED),
      voter: ({ text }) => letterFor(text, 'punctuation'),
    },
    gates: WEAK,
    limits: { quorum: 5 },
    experience: ADMITTED,
  })
  const { story } = await tell({ effort: 'high' })
  assert.equal(prompts('coder').length, 5)
  assert.equal(prompts('tester').length, 0, 'without a run of tests there is nothing to write one for')
  assert.equal(only(story, 'gate_strength').length, 1)
  assert.ok(only(story, 'vote_start').length > 0)
})

test('where nearly every candidate of a kind passes, fewer coders sit down, and the story says why', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: () => RIGHT },
    gates: WEAK,
    experience: { ...NO_EXPERIENCE, rate: () => ({ asked: 40, verified: 39 }) },
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.equal(only(story, 'contest_start')[0]?.seats, 2)
  assert.match(only(story, 'experience_used')[0]?.reason ?? '', /39 of the last 40 candidates/)
})
