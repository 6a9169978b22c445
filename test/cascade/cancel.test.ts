import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SwarmEvent } from '../../src/core/event.ts'
import { NO_EXPERIENCE, type Experience } from '../../src/core/experience.ts'
import {
  ALSO_RIGHT,
  edit,
  GATES,
  only,
  planned,
  RIGHT,
  setBallotStage,
  verdict,
  type Cast,
  type Scene,
} from '../support/story.ts'
import type { ScriptedReply } from '../support/scripted-models.ts'

const HANG: ScriptedReply = { kind: 'hang', after: 'Let me think' }
/** Its second process holds on although the first is told to go. */
const ENDLESS = { test: { command: ['sh', '-c', 'sh -c "trap \'\' TERM; sleep 60" & sleep 60'] } }
/** A second, and another for a machine that is busy with other tests. */
const SOON_MS = 20_000
const isRole =
  (role: string) =>
  (event: SwarmEvent): boolean =>
    event.type === 'model_call_start' && event.role === role
const isType =
  (type: SwarmEvent['type']) =>
  (event: SwarmEvent): boolean =>
    event.type === type
const revise = { reviewer: () => verdict('reject', 'it is rude') }
/** A reviewer that has been right so often that its word alone is worth a revision. */
const TRUSTED: Experience = {
  ...NO_EXPERIENCE,
  reviewer: () => ({ reviews: 100, rejections: 50, checked: 50, counted: 50 }),
}
const differ: Partial<Cast> = { coder: ({ seat }) => (seat % 2 === 1 ? RIGHT : ALSO_RIGHT) }

const STAGES: Record<
  string,
  { cast: Partial<Cast>; at: (event: SwarmEvent) => boolean; gates?: Scene['gates'] }
> = {
  'opening the workspace': { cast: {}, at: isType('workspace_ready') },
  'the attempt begins': { cast: {}, at: isType('attempt_start') },
  planning: { cast: { planner: () => HANG }, at: isRole('planner') },
  'the plan is ready': { cast: {}, at: isType('plan_ready') },
  'the contest opens': { cast: {}, at: isType('contest_start') },
  coding: { cast: { coder: () => HANG }, at: isRole('coder') },
  'a patch is applied': { cast: {}, at: isType('patch_applied') },
  'the gates run': { cast: {}, at: isType('verification_start'), gates: ENDLESS },
  'a gate has spoken': { cast: {}, at: isType('gate_complete') },
  'a candidate is verified': {
    cast: { coder: ({ seat }) => (seat === 1 ? RIGHT : HANG) },
    at: isType('verification_pass'),
  },
  'the contest has ended': { cast: {}, at: isType('contest_end') },
  'the vote opens': { cast: differ, at: isType('vote_start') },
  voting: { cast: { ...differ, voter: () => HANG }, at: isRole('voter') },
  'a ballot is cast': { cast: differ, at: isType('ballot_cast') },
  'the run-off opens': {
    cast: { ...differ, voter: () => 'both' },
    at: (event) => event.type === 'vote_start' && event.runOff,
  },
  reviewing: { cast: { reviewer: () => HANG }, at: isRole('reviewer') },
  'the verdict is in': { cast: revise, at: isType('review_complete') },
  revising: {
    cast: { ...revise, reviser: () => HANG },
    at: (event) => 'place' in event && event.place.subtask === 'revision',
  },
  'going up': { cast: { coder: () => 'prose' }, at: isType('escalation') },
}

for (const [name, { cast, at, gates }] of Object.entries(STAGES)) {
  test(`cancelled while ${name}: the task throws the reason, and soon nothing of it is left`, async (t) => {
    const { tell, nothingIsLeft } = await setBallotStage(t, {
      cast: { coder: () => RIGHT, ...cast },
      gates: gates ?? { typecheck: GATES.typecheck },
      experience: TRUSTED,
      limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
    })
    let cancelledAt = 0
    const { story, outcome, error } = await tell({
      cancelAt(event) {
        if (cancelledAt !== 0 || !at(event)) return false
        cancelledAt = performance.now()
        return true
      },
    })
    assert.notEqual(cancelledAt, 0, 'the moment never came')
    assert.deepEqual(error, new Error('cancelled by the test'))
    assert.equal(outcome, null)
    assert.ok(performance.now() - cancelledAt < SOON_MS, `it took ${performance.now() - cancelledAt} ms`)
    await nothingIsLeft()
    const started = only(story, 'model_call_start').map(({ call }) => call)
    const ended = only(story, 'model_call_complete').map(({ call }) => call)
    assert.deepEqual(ended.sort(), started.sort(), 'every call that began is told to have ended')
  })
}

test('cancelled at any moment, a task ends soon and leaves nothing', async (t) => {
  const { tell, nothingIsLeft } = await setBallotStage(t, {
    cast: {
      planner: () =>
        planned({ id: 'a', filesOwned: ['src/greet.js'] }, { id: 'b', filesOwned: ['src/part.js'] }),
      coder: ({ text, seat }) => ({
        kind: 'text',
        text: text.includes('part a\n')
          ? seat === 1
            ? RIGHT
            : ALSO_RIGHT
          : edit('/** Takes leave. */', '/** Parts. */', 'src/part.js'),
        delayMs: 10,
      }),
    },
    gates: { typecheck: GATES.typecheck },
    limits: { seats: { fast: 2, deep: 1, reviewer: 1, cloud: 1 } },
  })
  for (let wait = 20; wait <= 420; wait += 80) {
    const cancel = new AbortController()
    const told = tell({ signal: cancel.signal, id: `task_${wait}` })
    await sleep(wait)
    cancel.abort(new Error('cancelled by the test'))
    const cancelledAt = performance.now()
    const { error, outcome } = await told
    assert.ok(error !== null || outcome !== null)
    assert.ok(performance.now() - cancelledAt < SOON_MS)
    await nothingIsLeft()
  }
})

test('a task cancelled before it begins opens nothing', async (t) => {
  const { tell, server } = await setBallotStage(t, { cast: { coder: () => RIGHT } })
  const { story, error } = await tell({ signal: AbortSignal.abort(new Error('too late')) })
  assert.deepEqual(story, [])
  assert.deepEqual(error, new Error('too late'))
  assert.equal(server.calls.length, 0)
})
