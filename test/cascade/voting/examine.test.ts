import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admitVoter } from '../../../src/cascade/voting/examine.ts'
import type { SwarmEvent } from '../../../src/core/event.ts'
import { EXAM_PAIRS } from '../../../src/core/exam-pairs/all-pairs.ts'
import { diffsOf } from '../../../src/core/exam-pairs/exam-pair.ts'
import { differences } from '../../../src/core/ballots/differences.ts'
import { NO_VOTER_RECORD } from '../../../src/core/voter-record.ts'
import { ADMITTED, setBooth, told, type Voter } from '../../support/booth.ts'
import { letterAt, letterFor } from '../../support/story.ts'
import { only } from '../../support/story.ts'

const never = new AbortController().signal
const RIGHT = EXAM_PAIRS.map((pair) => ({ request: pair.request, right: differences(diffsOf(pair))[0]! }))

/** The letter of the right change, which the test knows and a model would have to find. */
const rightLetter = (text: string): string => {
  const pair = RIGHT.find(({ request }) => text.includes(`# Request\n\n${request}\n`))
  assert.ok(pair, 'a pair of the examination')
  return letterFor(text, pair.right)
}
const verdictIn = (story: readonly SwarmEvent[]) => only(story, 'voter_examined')[0]!

test('a voter that is always right is admitted after a few pairs, and the rest are not asked', async (t) => {
  const { booth, server } = await setBooth(t, rightLetter)
  const { story, result } = await told(admitVoter(booth, never))
  assert.equal(result, true)
  const { admitted, record, tier, model } = verdictIn(story)
  assert.deepEqual([admitted, tier, model], [true, 'fast', 'fast-coder'])
  assert.equal(record.labelled, 12)
  assert.equal(record.right, 12)
  assert.ok(server.calls.length <= 16)
  assert.deepEqual(only(story, 'ballot_cast'), [])
})

test('a voter that is always wrong is rejected just as soon', async (t) => {
  const voter: Voter = (text) =>
    [letterAt(text, 0), letterAt(text, 1)].find((letter) => letter !== rightLetter(text))!
  const { booth, server } = await setBooth(t, voter)
  const { story, result } = await told(admitVoter(booth, never))
  assert.equal(result, false)
  assert.match(verdictIn(story).reason, /hardly better than chance, 0 of \d+ known pairs right/)
  assert.ok(server.calls.length <= 16)
})

for (const { habit, voter } of [
  { habit: 'takes what is shown first', voter: (text: string) => letterAt(text, 0) },
  { habit: 'takes what is shown last', voter: (text: string) => letterAt(text, 1) },
  {
    habit: 'takes the longer change',
    voter: (text: string) => {
      const [one, other] = text.split(/^## Option [A-Z]$/m).slice(1)
      return letterAt(text, one!.length >= other!.length ? 0 : 1)
    },
  },
]) {
  test(`a voter that ${habit} is not admitted`, async (t) => {
    const { booth } = await setBooth(t, voter)
    const { story, result } = await told(admitVoter(booth, never))
    assert.equal(result, false)
    assert.equal(verdictIn(story).admitted, false)
  })
}

test('a voter that explains itself instead of giving a letter is off after twenty replies', async (t) => {
  const { booth, server } = await setBooth(t, () => 'Both')
  const { story, result } = await told(admitVoter(booth, never))
  assert.equal(result, false)
  assert.match(verdictIn(story).reason, /20 of 20 replies were no valid ballot/)
  assert.ok(server.calls.length <= 24)
})

test('an examination goes on where an earlier one ended, and adds to its record', async (t) => {
  const { booth, server } = await setBooth(t, rightLetter, {
    record: { ...NO_VOTER_RECORD, labelled: 10, right: 10, valid: 10 },
  })
  const { story, result } = await told(admitVoter(booth, never))
  assert.equal(result, true)
  assert.equal(verdictIn(story).record.labelled, 12)
  assert.ok(server.calls.length <= 8)
})

test('a voter that is admitted already is not asked again, and nothing is said', async (t) => {
  const { booth, server } = await setBooth(t, rightLetter, { record: ADMITTED })
  const { story, result } = await told(admitVoter(booth, never))
  assert.equal(result, true)
  assert.deepEqual(story, [])
  assert.equal(server.calls.length, 0)
})

test('a model that cannot be reached is not admitted, and nothing is held against it', async (t) => {
  const { booth, server } = await setBooth(t, () => ({ kind: 'status', status: 500 }))
  const { story, result } = await told(admitVoter(booth, never))
  assert.equal(result, false)
  const { reason, record } = verdictIn(story)
  assert.match(reason, /could not be examined/)
  assert.deepEqual(record, NO_VOTER_RECORD)
  assert.equal(server.calls.length, 8)
})

test('a task that is cancelled ends the examination', async (t) => {
  const { booth, server } = await setBooth(t, () => ({ kind: 'hang' }))
  const cancel = new AbortController()
  const stage = admitVoter(booth, cancel.signal)
  await assert.rejects(async () => {
    for await (const event of stage) {
      if (event.type === 'model_call_start') cancel.abort(new Error('enough'))
    }
  }, /enough/)
  for (let turn = 0; server.open() > 0 && turn < 4_000; turn += 1) await booth.ports.clock.sleep(5, never)
  assert.equal(server.open(), 0)
})
