import { PROOF } from '../support/proof.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initial, reduce } from '../../src/core/state.ts'
import {
  callComplete,
  callStart,
  complete,
  created,
  happyEvents,
  place,
  stateAfter,
  verified,
} from './sample-story.ts'

test('a task is running until its story ends', () => {
  const running = stateAfter([created, ...happyEvents])
  assert.equal(running.status, 'running')
  assert.equal(running.endedAt, null)

  const ended = reduce(running, { event: complete(verified), at: 99_000 })
  assert.equal(ended.status, 'verified')
  assert.equal(ended.endedAt, 99_000)
  assert.deepEqual(ended.outcome, verified)
})

test('every ending has its own status and reason', () => {
  const after = (event: Parameters<typeof complete>[0] | null, cause?: 'cancelled' | 'fault') =>
    stateAfter([
      created,
      event ? complete(event) : { type: 'task_abort', cause: cause!, reason: 'because', outcome: null },
    ])
  assert.equal(
    after({
      kind: 'unverified',
      files: [],
      proof: PROOF,
      patch: { tree: '', diff: '', files: [], lines: 0 },
      gates: [],
      reason: 'no gates',
    }).status,
    'unverified',
  )
  assert.equal(after({ kind: 'abstained', reason: 'five attempts', best: null }).status, 'abstained')
  assert.equal(after(null, 'cancelled').status, 'cancelled')
  assert.equal(after(null, 'fault').status, 'failed')
  assert.equal(after(null, 'fault').reason, 'because')
  assert.equal(after(verified).reason, null)
})

test('a candidate at each seat has the state its coder got to', () => {
  const [attempt] = stateAfter([created, ...happyEvents]).attempts
  assert.deepEqual(
    attempt!.candidates.map(({ place, state }) => [place.seat, state]),
    [
      [1, 'verified'],
      [2, 'rejected'],
      [3, 'cancelled'],
    ],
  )
  assert.equal(attempt!.candidates[0]!.gates.length, 1)
  assert.match(attempt!.candidates[1]!.reason!, /TS2322/)
})

test('a coder who is still typing when the contest ends was cancelled', () => {
  const [attempt] = stateAfter([
    created,
    { type: 'attempt_start', attempt: 1, tier: 'fast' },
    callStart('coder', 1),
    {
      type: 'contest_end',
      subtask: '1',
      winner: null,
      decision: null,
      verified: 0,
      support: 0,
      clusters: [],
    },
  ]).attempts
  assert.equal(attempt!.candidates[0]!.state, 'cancelled')
})

test('tokens and calls are summed over the task and by role', () => {
  const { usage, calls } = stateAfter([created, ...happyEvents])
  assert.deepEqual(usage.total, {
    promptTokens: 400,
    completionTokens: 80,
    reasoningTokens: 20,
    cachedTokens: 0,
    estimated: false,
    ms: 6_000,
  })
  assert.equal(usage.byRole.coder?.promptTokens, 300)
  assert.equal(usage.byRole.coder.ms, 4_500)
  assert.deepEqual(calls.coder, { started: 3, ok: 2, failed: 0, cancelled: 1 })
})

test('one estimated count makes the sum an estimate', () => {
  const event = callComplete('coder', 1)
  assert.ok(event.type === 'model_call_complete')
  const state = reduce(initial('x'), { ...event, usage: { ...event.usage, estimated: true } })
  assert.equal(state.usage.total.estimated, true)
})

test('a new attempt starts with empty seats and keeps the earlier one', () => {
  const state = stateAfter([
    created,
    ...happyEvents,
    { type: 'escalation', from: 'fast', to: 'deep', reason: 'the build failed twice' },
    { type: 'attempt_start', attempt: 2, tier: 'deep' },
  ])
  assert.deepEqual([state.attempt, state.tier], [2, 'deep'])
  assert.deepEqual(
    state.attempts.map(({ candidates }) => candidates.length),
    [3, 0],
  )
  assert.equal(state.escalations.length, 1)
})

test('a call is open between its start and its end', () => {
  const events = [created, callStart('planner', 1)]
  assert.deepEqual(
    stateAfter(events).openCalls.map(({ role }) => role),
    ['planner'],
  )
  assert.deepEqual(stateAfter([...events, callComplete('planner', 1)]).openCalls, [])
})

test('checks of all parts together have a place of their own', () => {
  const [attempt] = stateAfter([
    created,
    { type: 'attempt_start', attempt: 1, tier: 'fast' },
    { type: 'verification_start', place: place(1, 'union'), tree: 'x', gates: ['test'] },
  ]).attempts
  assert.deepEqual(
    attempt!.candidates.map(({ place, state }) => [place.subtask, state]),
    [['union', 'checking']],
  )
})

test('reduce leaves the state it was given as it was', () => {
  const before = stateAfter([created, ...happyEvents])
  const copy = structuredClone(before)
  reduce(before, { event: complete(verified), at: 1 })
  assert.deepEqual(before, copy)
})
