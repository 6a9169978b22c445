import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import {
  ALSO_RIGHT,
  atSeat,
  GATES,
  only,
  RIGHT,
  setStage,
  spine,
  TYPE_ERROR,
  type Part,
} from '../support/story.ts'
import type { ScriptedReply } from '../support/scripted-models.ts'

const gates = { typecheck: GATES.typecheck }
const HANG: ScriptedReply = { kind: 'hang', after: 'Let me think' }

/** Five ways in which an upstream fails one coder. */
const FAULTS: Record<string, ScriptedReply> = {
  refuses: { kind: 'status', status: 500 },
  hangs: { kind: 'hang' },
  'falls silent': HANG,
  'cuts the stream': { kind: 'cut', after: 'Let me' },
  'sends an error inside a 200 stream': {
    kind: 'error-in-stream',
    after: 'Let me',
    error: { message: 'out of memory' },
  },
  'ends without a finish_reason': { kind: 'no-finish', text: RIGHT },
}
const quickly = { idleTimeoutMs: 700, firstTokenTimeoutMs: 700 }

test('three verified candidates close the contest, and the coders still typing are cut off', async (t) => {
  const { tell, server } = await setStage(t, {
    cast: { coder: ({ seat }) => (seat <= 3 ? RIGHT : HANG) },
    gates,
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  const [end] = only(story, 'contest_end')
  assert.deepEqual([end?.decision, end?.verified, end?.support], ['agreement', 3, 3])
  assert.deepEqual(atSeat(story, 4), ['asked', 'cancelled'])
  assert.deepEqual(atSeat(story, 5), ['asked', 'cancelled'])
  const hung = server.calls.filter(
    ({ body }) => Number(body['temperature']) > 0.55 && body['max_tokens'] === 6_000,
  )
  assert.deepEqual(
    hung.map(({ outcome }) => outcome),
    ['closed-by-client', 'closed-by-client'],
  )
})

test('once one candidate is verified, stragglers get a little time and no more', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: ({ seat }) => (seat === 2 ? RIGHT : HANG) },
    limits: { patienceMs: 100, patience: 0.1 },
    gates,
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  const [end] = only(story, 'contest_end')
  assert.deepEqual([end?.winner, end?.decision, end?.verified], [2, 'only', 1])
  assert.equal(only(story, 'model_call_complete').filter(({ status }) => status === 'cancelled').length, 4)
})

test('a candidate is checked while others still type', async (t) => {
  const slow: ScriptedReply = { kind: 'text', text: ALSO_RIGHT, delayMs: 600 }
  const coder: Part = ({ seat }) => (seat === 1 ? RIGHT : seat === 2 ? slow : 'prose')
  const { tell } = await setStage(t, { cast: { coder }, gates })
  const { story } = await tell()
  const passed = story.findIndex((event) => event.type === 'verification_pass')
  const typed = story.findIndex(
    (event) => event.type === 'model_call_complete' && event.role === 'coder' && event.place.seat === 2,
  )
  assert.ok(passed !== -1 && passed < typed)
  assert.equal(only(story, 'vote_start').length, 1)
})

test('identical trees are checked once, also when they fail', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: ({ seat }) => (seat % 2 === 1 ? TYPE_ERROR : RIGHT) },
    gates,
    limits: { quorum: 5 },
  })
  const { story } = await tell()
  assert.equal(only(story, 'verification_start').length, 2)
  const failures = only(story, 'verification_fail')
  assert.deepEqual([failures.length, failures.filter(({ shared }) => shared).length], [3, 2])
  const [end] = only(story, 'contest_end')
  assert.deepEqual([end?.decision, end?.verified], ['agreement', 2])
})

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`an upstream that ${name} costs one seat, not the contest`, async (t) => {
    const { tell } = await setStage(t, {
      cast: { coder: ({ seat }) => (seat === 1 ? fault : RIGHT) },
      limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
      models: quickly,
      gates,
    })
    const { story, outcome } = await tell()
    assert.equal(outcome?.kind, 'verified')
    assert.deepEqual(atSeat(story, 1), ['asked', 'failed'])
    assert.deepEqual([only(story, 'contest_end')[0]?.winner], [2])
  })

  test(`an upstream that ${name} for every coder ends the task, and says what is broken`, async (t) => {
    const { tell } = await setStage(t, { cast: { coder: () => fault }, models: quickly, gates })
    const { story, outcome, error } = await tell()
    assert.equal(outcome, null)
    assert.ok(error instanceof SwarmError)
    assert.equal(error.fault, 'upstream')
    assert.match(error.message, /every coder failed to reach its model; the first: .*fast-coder/)
    assert.deepEqual(spine(story), ['attempt 1 at fast', 'plan of 1', 'contest 1 of 5', 'contest 1: nobody'])
    assert.ok(
      only(story, 'model_call_complete').every(({ role, error }) => role === 'planner' || error !== null),
    )
  })
}

test('four coders out of reach and one who writes prose are an attempt that failed, not a broken upstream', async (t) => {
  const { tell } = await setStage(t, {
    cast: {
      coder: ({ seat, attempt }) =>
        attempt === 2 ? RIGHT : seat === 1 ? 'prose' : { kind: 'status', status: 500 },
    },
    gates,
  })
  const { outcome, story } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.equal(only(story, 'attempt_start').length, 2)
})

test('a tier with fewer slots than seats has them typed one after the other', async (t) => {
  let most = 0
  const { tell, server } = await setStage(t, {
    cast: {
      coder: () => {
        most = Math.max(most, server.open())
        return { kind: 'text', text: RIGHT, delayMs: 30 }
      },
    },
    tiers: ['deep'],
    limits: { seats: { fast: 5, deep: 5, reviewer: 1, cloud: 1 }, quorum: 5 },
    gates,
  })
  const { outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.equal(most, 3)
})
