import assert from 'node:assert/strict'
import { test } from 'node:test'
import { vote } from '../../../src/cascade/voting/vote.ts'
import type { Subtask } from '../../../src/core/task.ts'
import { clusterOf, gateFor, setBooth, told, type Voter } from '../../support/booth.ts'
import { letterAt, letterFor } from '../../support/story.ts'
import type { ScriptedReply } from '../../support/scripted-models.ts'
import { only } from '../../support/story.ts'

const never = new AbortController().signal
const SUBTASK: Subtask = { id: '1', description: 'Mend greet.', filesOwned: [], dependsOn: [] }
const [PLUS, TEMPLATE] = ['plus()', 'template()']
const TWO = [clusterOf(PLUS, 1), clusterOf(TEMPLATE, 2)]
const FIRST_TO_3 = { limits: { voting: 'first-to-3' } } as const

/** Five ballots that come to two against two, whatever order they fall in. */
const evenly = (nth: number, one: string, other: string): string =>
  nth <= 2 ? one : nth <= 4 ? other : 'both'

test('the third equal ballot decides and cancels the voters still thinking; nobody is examined', async (t) => {
  const all = gateFor(5)
  const voter: Voter = async (text, nth) => {
    all.reach()
    await all.open
    return nth > 3 ? { kind: 'hang', after: '' } : letterFor(text, PLUS)
  }
  const { booth, server } = await setBooth(t, voter, FIRST_TO_3)
  const { story, result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.deepEqual(result, { choice: 0, decision: 'vote' })
  assert.equal(only(story, 'ballot_cast').length, 3)
  assert.deepEqual(only(story, 'voter_examined'), [])
  assert.equal(server.calls.length, 5)
  const ended = only(story, 'model_call_complete').map(({ status }) => status)
  assert.deepEqual(ended.toSorted(), ['cancelled', 'cancelled', 'ok', 'ok', 'ok'])
})

test('five ballots differ in order and letters, and are drawn at a temperature', async (t) => {
  const three = [...TWO, clusterOf('third()', 3)]
  const all = gateFor(5)
  const voter: Voter = async (text) => {
    all.reach()
    await all.open
    return letterFor(text, TEMPLATE)
  }
  const { booth, server } = await setBooth(t, voter, FIRST_TO_3)
  await told(vote(SUBTASK, three, [], booth, never))
  const papers = server.calls.map(({ text }) => text.match(/^## Option [A-Z]$/gm)!.join())
  assert.ok(papers.every((paper) => paper.split(',').length === 3))
  assert.equal(new Set(papers).size, 5)
  assert.ok(server.calls.every(({ body }) => body['temperature'] === 0.7))
})

test('a ballot tells its place and its option, whatever the letters were', async (t) => {
  const { booth } = await setBooth(t, (text) => letterAt(text, 0), FIRST_TO_3)
  const { story } = await told(vote(SUBTASK, TWO, [], booth, never))
  const ballots = only(story, 'ballot_cast').map(({ ballot }) => ballot)
  assert.ok(ballots.every(({ position, pair, truth }) => position === 0 && pair === null && truth === null))
  assert.equal(new Set(ballots.map(({ choice }) => choice)).size, 2)
})

test('when nobody can reach three, the two in front meet once more, in both orders', async (t) => {
  const voter: Voter = (text, nth) =>
    nth <= 5 ? evenly(nth, letterFor(text, TEMPLATE), letterFor(text, PLUS)) : letterFor(text, TEMPLATE)
  const { booth, server } = await setBooth(t, voter, FIRST_TO_3)
  const { story, result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.deepEqual(result, { choice: 1, decision: 'run-off' })
  assert.deepEqual(
    only(story, 'vote_start').map(({ runOff }) => runOff),
    [false, true],
  )
  const inRunOff = only(story, 'ballot_cast').filter(({ runOff }) => runOff)
  assert.deepEqual(
    inRunOff.map(({ ballot }) => [ballot.choice, ballot.pair]),
    [
      [1, 0],
      [1, 0],
    ],
  )
  const places = server.calls.slice(-2).map(({ text }) => text.indexOf(TEMPLATE) < text.indexOf(PLUS))
  assert.deepEqual(new Set(places), new Set([true, false]))
})

test('a run-off names the leaders by their place in it, and its winner is found again among all groups', async (t) => {
  const five = ['one()', 'two()', 'three()', 'four()', 'five()'].map((code, at) => clusterOf(code, at + 1))
  const voter: Voter = (text, nth) => {
    if (nth > 5) return letterFor(text, 'five()')
    return letterFor(text, ['four()', 'five()', 'four()', 'five()', 'one()'][nth - 1]!)
  }
  const { booth } = await setBooth(t, voter, FIRST_TO_3)
  const { story, result } = await told(vote(SUBTASK, five, [], booth, never))
  assert.deepEqual(result, { choice: 4, decision: 'run-off' })
  assert.deepEqual(only(story, 'vote_start')[1]?.options, [[4], [5]])
})

test('a voter who always says the same letter wins nothing for it: the smaller change is taken', async (t) => {
  const longer = clusterOf('howdy()\nagain()', 1)
  const voter: Voter = (text, nth) =>
    nth <= 5 ? evenly(nth, letterFor(text, 'howdy()'), letterFor(text, TEMPLATE)) : letterAt(text, 0)
  const { booth } = await setBooth(t, voter, FIRST_TO_3)
  const { result } = await told(vote(SUBTASK, [longer, TWO[1]!], [], booth, never))
  assert.deepEqual(result, { choice: 1, decision: 'undecided' })
})

test('voters that refuse, hang or are cut off are no reason to fail: the vote goes on without them', async (t) => {
  const faults: ScriptedReply[] = [
    { kind: 'status', status: 500 },
    { kind: 'hang' },
    { kind: 'cut', after: '' },
    { kind: 'error-in-stream', after: '', error: { message: 'out of memory' } },
  ]
  const { booth } = await setBooth(t, (text, nth) => faults[nth - 1] ?? letterFor(text, TEMPLATE), {
    limits: { voting: 'first-to-3', ballots: 7 },
    models: { idleTimeoutMs: 2_000, firstTokenTimeoutMs: 2_000 },
  })
  const { story, result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.deepEqual(result, { choice: 1, decision: 'vote' })
  assert.equal(only(story, 'ballot_cast').length, 3)
})

test('without a single voter it is undecided, and the smaller change is taken', async (t) => {
  const { booth } = await setBooth(t, () => ({ kind: 'status', status: 500 }), FIRST_TO_3)
  const { result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.deepEqual(result, { choice: 0, decision: 'undecided' })
})
