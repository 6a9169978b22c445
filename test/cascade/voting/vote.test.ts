import assert from 'node:assert/strict'
import { test } from 'node:test'
import { vote, type RejectedCandidate } from '../../../src/cascade/voting/vote.ts'
import type { GateResult, Subtask } from '../../../src/core/task.ts'
import { NO_VOTER_RECORD } from '../../../src/core/voter-record.ts'
import { ADMITTED, clusterOf, diffAdding, gateFor, setBooth, told, type Voter } from '../../support/booth.ts'
import { letterAt, letterFor } from '../../support/story.ts'
import type { ScriptedReply } from '../../support/scripted-models.ts'
import { only } from '../../support/story.ts'

const never = new AbortController().signal
const SUBTASK: Subtask = { id: '1', description: 'Mend greet.', filesOwned: [], dependsOn: [] }
const [PLUS, TEMPLATE, THIRD] = ['plus()', 'template()', 'third()']
const TWO = [clusterOf(PLUS, 1), clusterOf(TEMPLATE, 2)]
const ALL = [clusterOf(PLUS, 1, 4), clusterOf(TEMPLATE, 2), clusterOf(THIRD, 3)]

/** One token as a server writes it that tells what else it might have said. */
const scored = (letter: string, scores: Record<string, number>): ScriptedReply => {
  const top = Object.entries(scores).map(([token, logprob]) => ({ token, logprob }))
  const logprobs = { content: [{ token: letter, logprob: 0, top_logprobs: top }] }
  const chunk = { choices: [{ index: 0, delta: { content: letter }, logprobs, finish_reason: 'length' }] }
  return { kind: 'raw', chunks: [`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`] }
}

const rejectedBy = (kind: GateResult['kind'], code: string): RejectedCandidate => ({
  state: 'rejected',
  place: { subtask: '1', seat: 5 },
  code: kind,
  reason: 'it fails',
  patch: { tree: code, diff: diffAdding(code), files: ['src/greet.js'], lines: 1 },
  gates: [
    {
      gate: kind,
      kind,
      scope: 'all',
      command: ['check'],
      exitCode: 1,
      timedOut: false,
      status: 'failed',
      ms: 1,
      tests: null,
      diagnostics: [],
      knownFailures: 0,
      flaky: [],
      log: '',
    },
  ],
})

test('two pairs that agree with themselves decide, and the ballots still out are cancelled', async (t) => {
  const answered = new Set<string>()
  const voter: Voter = (text) => {
    const letters = `${letterAt(text, 0)}${letterAt(text, 1)}`
    if (answered.size < 2) answered.add(letters)
    return answered.has(letters) ? letterFor(text, TEMPLATE) : { kind: 'hang', after: '' }
  }
  const { booth, server } = await setBooth(t, voter, { record: ADMITTED })
  const { story, result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.deepEqual(result, { choice: 1, decision: 'vote' })
  assert.deepEqual(
    only(story, 'vote_start').map(({ options }) => options),
    [[[1], [2]]],
  )
  const ballots = only(story, 'ballot_cast').map(({ ballot }) => ballot)
  assert.deepEqual(
    ballots.map(({ choice, truth }) => [choice, truth]),
    Array.from({ length: 4 }, () => [1, null]),
  )
  assert.deepEqual(
    ballots.slice(0, 2).map(({ pair }) => pair),
    [0, 0],
  )
  assert.equal(server.calls.filter(({ outcome }) => outcome === 'complete').length, 4)
})

test('both orders of a pair stand under the same letters, and other pairs under others', async (t) => {
  const { booth, server } = await setBooth(t, (text) => letterFor(text, PLUS), { record: ADMITTED })
  await told(vote(SUBTASK, TWO, [], booth, never))
  const shown = server.calls.map(({ text }) => [0, 1].map((position) => letterAt(text, position)).join(''))
  assert.equal(shown[0], shown[1])
  assert.ok(new Set(shown).size > 1, shown.join(' '))
  const first = server.calls.slice(0, 2).map(({ text }) => letterFor(text, PLUS))
  assert.equal(new Set(first).size, 2)
})

test('a ballot asks for one token and shows only what differs, without author, temperature or support', async (t) => {
  const { booth, server } = await setBooth(t, (text) => letterFor(text, PLUS), { record: ADMITTED })
  await told(vote(SUBTASK, [clusterOf(PLUS, 1, 4), TWO[1]!], [], booth, never))
  for (const { body, text, messages } of server.calls) {
    assert.equal(body['max_tokens'], 1)
    assert.equal(body['temperature'], 0)
    assert.equal(text.match(/^## Option [A-Z]$/gm)?.length, 2)
    assert.doesNotMatch(text, /seat|temperature|fast-coder|support|index 1111111/i)
    assert.ok(messages[1]?.content.startsWith('# Request\n\nGreet politely.\n\n# Part of it\n\nMend greet.'))
  }
})

test('a voter that always names what is shown first decides nothing', async (t) => {
  const { booth } = await setBooth(t, (text) => letterAt(text, 0), { record: ADMITTED })
  const { story, result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.equal(result, null)
  const ballots = only(story, 'ballot_cast').map(({ ballot }) => ballot)
  assert.ok(ballots.length >= 4 && ballots.every(({ position }) => position === 0))
})

test('with log-probabilities in both orders two ballots decide, even where the letters contradict each other', async (t) => {
  const voter: Voter = (text) => {
    const [first, second] = [letterAt(text, 0), letterAt(text, 1)]
    const prefersFirst = letterFor(text, TEMPLATE) === first ? -0.1 : -0.6
    return scored(first, { [` ${first}`]: prefersFirst, [second]: -0.7, Option: -5 })
  }
  const { booth, server } = await setBooth(t, voter, { record: ADMITTED })
  const { result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.deepEqual(result, { choice: 1, decision: 'vote' })
  assert.equal(server.calls.length, 2)
  assert.ok(server.calls.every(({ body }) => body['logprobs'] === true && body['top_logprobs'] === 5))
})

test('of three groups the smaller two meet first, and the winner meets the largest', async (t) => {
  const voter: Voter = (text) => {
    const third = letterFor(text, THIRD)
    return third === 'none' ? letterFor(text, TEMPLATE) : third
  }
  const { booth } = await setBooth(t, voter, { record: ADMITTED })
  const { story, result } = await told(vote(SUBTASK, ALL, [], booth, never))
  assert.deepEqual(result, { choice: 2, decision: 'vote' })
  assert.deepEqual(
    only(story, 'vote_start').map(({ options }) => options),
    [
      [[2], [3]],
      [[1, 4], [3]],
    ],
  )
  const ballots = only(story, 'ballot_cast').map(({ ballot }) => ballot)
  const voters = ballots.map(({ voter }) => voter)
  assert.equal(new Set(voters).size, voters.length)
  assert.deepEqual([...new Set(ballots.map(({ pair }) => pair! >= 3))], [false, true])
})

test('before the last match a group that cannot be told from a larger one leaves the place to it', async (t) => {
  const voter: Voter = (text) => {
    const plus = letterFor(text, PLUS)
    return plus === 'none' ? letterAt(text, 0) : plus
  }
  const { booth } = await setBooth(t, voter, { record: ADMITTED })
  const { story, result } = await told(vote(SUBTASK, ALL, [], booth, never))
  assert.deepEqual(result, { choice: 0, decision: 'vote' })
  assert.deepEqual(only(story, 'vote_start')[1]?.options, [[1, 4], [2]])
})

for (const kind of ['test', 'build'] as const) {
  test(`a candidate that ${kind} has refused makes a pair whose right side is known, asked beside the vote`, async (t) => {
    const known = gateFor(2)
    const voter: Voter = async (text) => {
      if (text.includes('broken()')) return letterFor(text, PLUS)
      await known.open
      return letterFor(text, TEMPLATE)
    }
    const { booth } = await setBooth(t, voter, { record: ADMITTED })
    const rejected = [rejectedBy('lint', 'ugly()'), rejectedBy(kind, 'broken()')]
    const { story, result } = await told(vote(SUBTASK, TWO, rejected, booth, never), (event) => {
      if (event.type === 'ballot_cast' && event.ballot.truth !== null) known.reach()
    })
    assert.deepEqual(result, { choice: 1, decision: 'vote' })
    const labelled = only(story, 'ballot_cast').filter(({ ballot }) => ballot.truth !== null)
    assert.deepEqual(
      labelled.map(({ ballot }) => [ballot.choice, ballot.truth, ballot.pair]),
      Array.from({ length: 2 }, () => [0, 0, 3]),
    )
  })
}

test('a known pair that is still out when the vote is decided is cancelled', async (t) => {
  const asked = gateFor(2)
  const voter: Voter = async (text) => {
    if (text.includes('broken()')) {
      asked.reach()
      return { kind: 'hang' }
    }
    await asked.open
    return letterFor(text, PLUS)
  }
  const { booth, server } = await setBooth(t, voter, { record: ADMITTED })
  const { result } = await told(vote(SUBTASK, TWO, [rejectedBy('test', 'broken()')], booth, never))
  assert.equal(result?.choice, 0)
  const known = server.calls.filter(({ text }) => text.includes('broken()'))
  assert.equal(known.length, 2)
})

test('a candidate that only lint refused may well be right: it makes no known pair', async (t) => {
  const { booth, server } = await setBooth(t, (text) => letterFor(text, PLUS), { record: ADMITTED })
  await told(vote(SUBTASK, TWO, [rejectedBy('lint', 'broken()')], booth, never))
  assert.ok(server.calls.every(({ text }) => !text.includes('broken()')))
})

test('a voter that is off is not asked, and the story says why', async (t) => {
  const record = { ...NO_VOTER_RECORD, labelled: 60, right: 50, valid: 60, first: 55 }
  const { booth, server } = await setBooth(t, (text) => letterAt(text, 0), { record })
  const { story, result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.equal(result, null)
  assert.equal(server.calls.length, 0)
  const [examined] = only(story, 'voter_examined')
  assert.deepEqual([examined?.admitted, examined?.model, examined?.record], [false, 'fast-coder', record])
  assert.match(examined!.reason, /shown first, on 55 of 60 ballots/)
})

test('voters that cannot be reached cast no ballots, and nothing is decided', async (t) => {
  const { booth } = await setBooth(t, () => ({ kind: 'status', status: 500 }), { record: ADMITTED })
  const { story, result } = await told(vote(SUBTASK, TWO, [], booth, never))
  assert.equal(result, null)
  assert.deepEqual(only(story, 'ballot_cast'), [])
  assert.equal(only(story, 'model_call_complete').filter(({ status }) => status === 'failed').length, 6)
})

test('one group needs no vote', async (t) => {
  const { booth, server } = await setBooth(t, () => 'B')
  const { result } = await told(vote(SUBTASK, [TWO[0]!], [], booth, never))
  assert.deepEqual(result, { choice: 0, decision: 'only' })
  assert.equal(server.calls.length, 0)
})
