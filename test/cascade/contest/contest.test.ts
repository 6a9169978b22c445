import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SwarmError } from '../../../src/core/errors.ts'
import {
  ALSO_RIGHT,
  atSeat,
  GATES,
  LINT_ERROR,
  only,
  RIGHT,
  setBallotStage,
  setStage,
  spine,
  TEST_ERROR,
  TYPE_ERROR,
} from '../../support/story.ts'
import type { ScriptedReply } from '../../support/scripted-models.ts'

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
const quickly = { idleTimeoutMs: 2_000, firstTokenTimeoutMs: 2_000 }

test('three verified candidates close the contest, and the coders still typing are cut off', async (t) => {
  const { tell, server } = await setBallotStage(t, {
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
  const { tell } = await setBallotStage(t, {
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
  const checked = Promise.withResolvers<void>()
  const { tell } = await setBallotStage(t, {
    cast: {
      coder: async ({ seat }) => {
        if (seat === 1) return RIGHT
        await checked.promise
        return ALSO_RIGHT
      },
    },
    limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
    gates,
  })
  const { story } = await tell({
    cancelAt(event) {
      if (event.type === 'verification_pass') checked.resolve()
      return false
    },
  })
  assert.equal(only(story, 'contest_end')[0]?.verified, 2)
  assert.equal(only(story, 'vote_start').length, 1)
})

test('identical trees are checked once, also when they fail', async (t) => {
  const { tell } = await setBallotStage(t, {
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

test('whatever way an upstream fails a coder, it costs that seat and not the contest', async (t) => {
  const faults = Object.values(FAULTS)
  const { tell } = await setBallotStage(t, {
    cast: { coder: ({ seat }) => faults[seat - 1] ?? RIGHT },
    limits: { seats: { fast: faults.length + 1, deep: 1, reviewer: 1, cloud: 1 } },
    models: quickly,
    gates,
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  for (const index of faults.keys()) assert.deepEqual(atSeat(story, index + 1), ['asked', 'failed'])
  const [end] = only(story, 'contest_end')
  assert.deepEqual([end?.winner, end?.decision], [faults.length + 1, 'only'])
})

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`an upstream that ${name} for every coder ends the task, and says what is broken`, async (t) => {
    const { tell } = await setBallotStage(t, {
      cast: { coder: () => fault },
      models: quickly,
      limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
      gates: {},
    })
    const { story, outcome, error } = await tell()
    assert.equal(outcome, null)
    assert.ok(error instanceof SwarmError)
    assert.equal(error.fault, 'upstream')
    assert.match(error.message, /no coder could do its work; the first: .*fast-coder/)
    assert.deepEqual(spine(story), ['attempt 1 at fast', 'plan of 1', 'contest 1 of 2', 'contest 1: nobody'])
    assert.ok(
      only(story, 'model_call_complete').every(({ role, error }) => role === 'planner' || error !== null),
    )
  })
}

test('four coders out of reach and one who writes prose are an attempt that failed, not a broken upstream', async (t) => {
  const { tell } = await setBallotStage(t, {
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
  const { tell, server } = await setBallotStage(t, {
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

test('where the machine bears two coders, the next two sit down when those have not got there, and no more', async (t) => {
  const asked: number[] = []
  const { tell, server } = await setStage(t, {
    tiers: ['fast'],
    limits: { together: { fast: 2 } },
    cast: {
      coder: ({ seat }) => {
        asked.push(seat)
        return seat === 1 ? LINT_ERROR : seat === 2 ? TEST_ERROR : RIGHT
      },
    },
  })
  const { outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(
    asked.toSorted((one, other) => one - other),
    [1, 2, 3, 4],
  )
  const coders = server.calls.filter(({ text }) => text.includes('# Role: coder'))
  const [one, two, three] = coders
  assert.ok(three!.startedAt > one!.endedAt! && three!.startedAt > two!.endedAt!)
})
