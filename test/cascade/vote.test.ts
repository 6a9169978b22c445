import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALSO_RIGHT,
  GATES,
  greets,
  only,
  parts,
  planned,
  RIGHT,
  setStage,
  type Part,
  type Scene,
} from '../support/story.ts'
import type { ScriptedReply } from '../support/scripted-models.ts'

/** Two seats that differ: RIGHT at seat 1, ALSO_RIGHT at seat 2, so the vote has two options of one vote each. */
const coder: Part = ({ seat }) => (seat === 1 ? RIGHT : ALSO_RIGHT)
const TWO: Omit<Scene, 'cast'> = {
  limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
  gates: { typecheck: GATES.typecheck },
}

/** The letter under which this change stands on a ballot. */
const letterFor = (text: string, code: string): string =>
  /## Option ([A-Z])\n/.exec(
    text
      .slice(0, text.indexOf(code))
      .split(/(?=## Option )/)
      .at(-1)!,
  )![1]!
/** Five ballots that come to two against two, whatever order they fall in. */
const evenly = (nth: number, one: string, other: string): string =>
  nth <= 2 ? one : nth <= 4 ? other : 'both'
const PLUS = "'Hello, ' + name"
const TEMPLATE = '`Hello, ${name}!`'

test('survivors that differ are put to five voters; the first to three wins', async (t) => {
  const { tell, prompts } = await setStage(t, {
    cast: { coder, voter: ({ text }) => letterFor(text, TEMPLATE) },
    ...TWO,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.ok(outcome.patch.diff.includes(TEMPLATE))
  assert.deepEqual(only(story, 'vote_start')[0]?.options, [[1], [2]])
  assert.equal(only(story, 'contest_end')[0]?.decision, 'vote')
  assert.equal(only(story, 'contest_end')[0]?.winner, 2)
  const ballots = only(story, 'ballot_cast')
  assert.ok(ballots.length >= 3 && ballots.every(({ ballot }) => ballot.choice === 1))
  assert.equal(prompts('voter').length, 5)
})

test('the third vote cancels the voters still thinking', async (t) => {
  const { tell, server } = await setStage(t, {
    cast: {
      coder,
      voter: ({ text, nth }) => (nth > 3 ? { kind: 'hang', after: '' } : letterFor(text, PLUS)),
    },
    ...TWO,
  })
  const { story } = await tell()
  assert.equal(only(story, 'ballot_cast').length, 3)
  const voters = server.calls.filter(({ text }) => text.includes('# Role: voter'))
  assert.deepEqual(voters.map(({ outcome }) => outcome).sort(), [
    'closed-by-client',
    'closed-by-client',
    'complete',
    'complete',
    'complete',
  ])
  const ended = only(story, 'model_call_complete').filter(({ role }) => role === 'voter')
  assert.equal(ended.filter(({ status }) => status === 'cancelled').length, 2)
})

test('when nobody can reach three, the two in front meet once more, in both orders', async (t) => {
  const { tell, prompts } = await setStage(t, {
    cast: {
      coder,
      voter: ({ text, nth }) =>
        nth <= 5 ? evenly(nth, letterFor(text, TEMPLATE), letterFor(text, PLUS)) : letterFor(text, TEMPLATE),
    },
    ...TWO,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.ok(outcome.patch.diff.includes(TEMPLATE))
  assert.equal(only(story, 'contest_end')[0]?.decision, 'run-off')
  assert.deepEqual(
    only(story, 'vote_start').map(({ runOff }) => runOff),
    [false, true],
  )
  const inRunOff = only(story, 'ballot_cast').filter(({ runOff }) => runOff)
  assert.deepEqual(
    inRunOff.map(({ ballot }) => ballot.choice),
    [1, 1],
  )
  const letters = prompts('voter')
    .slice(-2)
    .map((prompt) => letterFor(prompt, TEMPLATE))
  assert.deepEqual(letters.sort(), ['A', 'B'])
})

test('a voter who always says A wins nothing for A: the run-off contradicts itself and the smaller diff is taken', async (t) => {
  const longer = greets("const polite = 'Howdy, '\n  return polite + name")
  const { tell } = await setStage(t, {
    cast: {
      coder: ({ seat }) => (seat === 1 ? longer : RIGHT),
      voter: ({ text, nth }) =>
        nth <= 5 ? evenly(nth, letterFor(text, 'Howdy'), letterFor(text, PLUS)) : 'A',
    },
    ...TWO,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.equal(only(story, 'contest_end')[0]?.decision, 'undecided')
  assert.equal(outcome.patch.lines, 2)
})

test('voters that refuse, hang or are cut off are no reason to fail: the vote goes on without them', async (t) => {
  const faults: ScriptedReply[] = [
    { kind: 'status', status: 500 },
    { kind: 'hang' },
    { kind: 'cut', after: '' },
    { kind: 'error-in-stream', after: '', error: { message: 'out of memory' } },
  ]
  const { tell } = await setStage(t, {
    cast: { coder, voter: ({ text, nth }) => faults[nth - 1] ?? letterFor(text, TEMPLATE) },
    models: { idleTimeoutMs: 700, firstTokenTimeoutMs: 700 },
    ...TWO,
    limits: { ...TWO.limits, ballots: 7 },
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.equal(only(story, 'contest_end')[0]?.decision, 'vote')
  assert.equal(only(story, 'contest_end')[0]?.winner, 2)
})

test('without a single voter the task still ends, and the story says it was undecided', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder, voter: () => ({ kind: 'status', status: 500 }) },
    ...TWO,
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.equal(only(story, 'contest_end')[0]?.decision, 'undecided')
})

test('candidates that agree stand on the ballot once, with their support known only to the story', async (t) => {
  const { tell, prompts } = await setStage(t, {
    cast: {
      coder: ({ seat }) => (seat === 2 ? ALSO_RIGHT : RIGHT),
      voter: ({ text }) => letterFor(text, TEMPLATE),
    },
    gates: TWO.gates!,
    limits: { seats: { fast: 3, deep: 1, reviewer: 1, cloud: 1 } },
  })
  const { story } = await tell()
  assert.deepEqual(
    only(story, 'vote_start')[0]?.options.map((seats) => seats.toSorted((one, other) => one - other)),
    [[1, 3], [2]],
  )
  for (const prompt of prompts('voter')) {
    assert.equal(prompt.match(/^## Option /gm)?.length, 2)
    assert.doesNotMatch(prompt, /seat|temperature|fast-coder|support/i)
  }
})

test('a contest in a sub-task votes on that part, and the part is what the voters are told', async (t) => {
  const { tell, prompts } = await setStage(t, {
    cast: {
      planner: () =>
        planned({ id: 'a', filesOwned: ['src/greet.js'] }, { id: 'b', filesOwned: ['src/part.js'] }),
      coder: ({ text, seat }) =>
        text.includes('# Your part of it\n\npart b')
          ? parts("return 'Bye, ' + name")
          : seat === 1
            ? RIGHT
            : ALSO_RIGHT,
      voter: ({ text }) => letterFor(text, PLUS),
    },
    ...TWO,
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(outcome.patch.files, ['src/greet.js', 'src/part.js'])
  assert.deepEqual(
    only(story, 'vote_start').map(({ subtask }) => subtask),
    ['a'],
  )
  assert.ok(prompts('voter').every((prompt) => prompt.includes('part a') && !prompt.includes('part b')))
})
