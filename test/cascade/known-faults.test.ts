import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALSO_RIGHT,
  edit,
  GATES,
  greets,
  letterAt,
  letterFor,
  only,
  RIGHT,
  setBallotStage,
  TYPE_ERROR,
  verdict,
  type Scene,
} from '../support/story.ts'

// Faults of an earlier system of this design, each as a test that it cannot happen here.

const TWO: Omit<Scene, 'cast'> = {
  limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
  gates: { typecheck: GATES.typecheck },
}
const differ = ({ seat }: { seat: number }): string => (seat === 1 ? RIGHT : ALSO_RIGHT)

test('five ballots are not one vote five times: orders and seeds differ, and no temperature is near zero', async (t) => {
  const { tell, server } = await setBallotStage(t, { cast: { coder: differ, voter: () => 'both' }, ...TWO })
  await tell()
  const ballots = server.calls.filter(({ text }) => text.includes('# Role: voter')).slice(0, 3)
  assert.equal(ballots.length, 3)
  const shown = ballots.map(({ text }) => text.indexOf('`Hello') < text.indexOf("'Hello, '"))
  assert.equal(new Set(shown).size, 2, 'both orders of two options are shown')
  assert.equal(new Set(ballots.map(({ body }) => body['seed'])).size, 3)
  assert.ok(ballots.every(({ body }) => Number(body['temperature']) >= 0.5))
})

test('which option most ballots begin with is drawn anew for every task', async (t) => {
  const { tell, prompts } = await setBallotStage(t, {
    cast: {
      coder: differ,
      voter: ({ text }) => letterFor(text, '`Hello'),
    },
    gates: {},
    limits: { ...TWO.limits, ballots: 3 },
  })
  const leaders = new Set<boolean>()
  for (let task = 1; task <= 6 && leaders.size < 2; task += 1) {
    const before = prompts('voter').length
    await tell({ id: `task_${task}` })
    const ballots = prompts('voter').slice(before)
    assert.equal(ballots.length, 3)
    const first = ballots.filter((text) => text.indexOf('`Hello') < text.indexOf("'Hello, '"))
    leaders.add(first.length > 1)
  }
  assert.equal(leaders.size, 2)
})

test('a tie is not broken by the letter: whoever stands first on the ballot gains nothing by it', async (t) => {
  const longer = greets("const polite = 'Howdy, '\n  return polite + name")
  const winners = new Set<string>()
  for (const [id, first] of [
    ['task_1', longer],
    ['task_2', RIGHT],
  ] as const) {
    const { tell } = await setBallotStage(t, {
      cast: {
        coder: ({ seat }) => ((seat === 1) === (first === longer) ? longer : RIGHT),
        voter: ({ text }) => letterAt(text, 0),
      },
      ...TWO,
      // two ballots, one in each order: one vote for each option
      limits: { ...TWO.limits, ballots: 2, quorum: 2 },
    })
    const { story, outcome } = await tell({ id })
    assert.equal(only(story, 'contest_end')[0]?.decision, 'undecided')
    assert.ok(outcome?.kind === 'unverified')
    winners.add(outcome.patch.diff)
  }
  assert.deepEqual(
    [...winners].map((diff) => diff.includes('Howdy')),
    [false],
  )
})

test('voters see every candidate whole, however long it is', async (t) => {
  const end = "'the very last line'"
  const lines = Array.from(
    { length: 100 },
    (_, line) => `  // line ${line} of a candidate that is long`,
  ).join('\n')
  const long = greets(`return 'hello ' + name\n${lines}\n  // ${end}`)
  const { tell, prompts } = await setBallotStage(t, {
    cast: { coder: ({ seat }) => (seat === 1 ? RIGHT : long) },
    ...TWO,
  })
  await tell()
  assert.ok(long.length > 4_000)
  assert.ok(prompts('voter').length >= 3)
  assert.ok(prompts('voter').every((prompt) => prompt.includes(end) && prompt.includes('// line 50 of')))
})

test('no ballot is cast before a check has passed, and only what passed stands on one', async (t) => {
  const { tell, prompts } = await setBallotStage(t, {
    cast: { coder: ({ seat }) => (seat === 1 ? RIGHT : seat === 2 ? ALSO_RIGHT : TYPE_ERROR) },
    gates: { typecheck: GATES.typecheck },
  })
  const { story } = await tell()
  const firstVoter = story.findIndex((event) => event.type === 'model_call_start' && event.role === 'voter')
  const lastCheck = story.findLastIndex(
    (event) => event.type === 'verification_pass' || event.type === 'verification_fail',
  )
  assert.ok(lastCheck !== -1 && firstVoter > lastCheck)
  assert.ok(prompts('voter').every((prompt) => !prompt.includes('TYPO')))
})

test('"Candidate B" is no vote for C, nor for anybody', async (t) => {
  const { tell } = await setBallotStage(t, {
    cast: {
      coder: ({ seat }) => [RIGHT, ALSO_RIGHT, greets("return ['Hello', name].join(' ')")][seat - 1]!,
      voter: () => 'Candidate B',
    },
    gates: TWO.gates!,
    limits: { seats: { fast: 3, deep: 1, reviewer: 1, cloud: 1 } },
  })
  const { story } = await tell()
  const ballots = only(story, 'ballot_cast')
  assert.equal(only(story, 'vote_start')[0]?.options.length, 3)
  assert.ok(ballots.length >= 3 && ballots.every(({ ballot }) => ballot.choice === null))
  assert.match(ballots[0]?.ballot.reply ?? '', /^Candidate/)
  assert.equal(only(story, 'contest_end')[0]?.decision, 'undecided')
})

test('a letter with an explanation far behind it is no vote', async (t) => {
  const { tell } = await setBallotStage(t, {
    cast: { coder: differ, voter: () => `A${' '.repeat(60)}or rather B` },
    ...TWO,
  })
  const { story } = await tell()
  assert.ok(only(story, 'ballot_cast').every(({ ballot }) => ballot.choice === null))
})

test('a reviewer who approves everything cannot save what a gate has stopped', async (t) => {
  const { tell, prompts } = await setBallotStage(t, {
    cast: { coder: () => TYPE_ERROR, reviewer: () => verdict('approve'), voter: () => 'A' },
    ...TWO,
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'abstained')
  assert.equal(prompts('reviewer').length, 0)
  assert.deepEqual(only(story, 'review_complete'), [])
})

test('an edit that switches the check off is refused, whatever reviewer and voters think of it', async (t) => {
  const cheat = `${TYPE_ERROR}\n${edit('', '{"scripts": {}}', 'package.json')}`
  const { tell } = await setBallotStage(t, { cast: { coder: () => cheat }, ...TWO, tiers: ['fast'] })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'abstained')
  assert.ok(only(story, 'patch_rejected').every(({ code }) => code === 'protected' || code === 'not_owned'))
})
