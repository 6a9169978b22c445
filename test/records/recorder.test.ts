import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SwarmEvent } from '../../src/core/event.ts'
import { NO_REVIEWER_RECORD } from '../../src/core/reviewer-record.ts'
import { NO_VOTER_RECORD } from '../../src/core/voter-record.ts'
import { experienceOf } from '../../src/records/experience.ts'
import { readKept } from '../../src/records/kept-receipt.ts'
import { createRecorder } from '../../src/records/recorder.ts'
import { openStore, type Store } from '../../src/records/store.ts'
import { sealOf } from '../../src/tasks/seal.ts'
import {
  callComplete,
  callStart,
  complete,
  created,
  DIFF,
  happyEvents,
  place,
  verified,
} from '../core/sample-story.ts'
import { NOW, storyOf } from './scene.ts'

const VERSIONS = {
  plan: 'l1',
  code: 'c1',
  test: 't1',
  vote: 'v1',
  review: 'r1',
  describe: 'd1',
  answer: 'a1',
  research: 's1',
} as const

/** A store, a recorder that writes to it, and what it complained of. */
function scene(store: Store = openStore(':memory:', () => NOW + 1_000_000)) {
  const troubles: unknown[] = []
  const version = (prompt: keyof typeof VERSIONS): string => VERSIONS[prompt]
  const onTrouble = (error: unknown): void => void troubles.push(error)
  const recorder = createRecorder({ store, version, placeOf: (name) => `/code/${name}`, onTrouble })
  const experience = experienceOf({ store, version, modelOf: (tier) => `${tier}-coder`, onTrouble })
  const tell = (events: readonly SwarmEvent[], taskId?: string): void => {
    for (const entry of storyOf(events, taskId)) recorder.read(entry)
  }
  return { store, troubles, experience, tell }
}

test('when a story ends its receipt is kept, sealed, with the patch and the place it was made in', () => {
  const { store, troubles, tell } = scene()
  tell([created, ...happyEvents])
  assert.deepEqual(store.find('task_1'), [])
  tell([created, ...happyEvents, complete(verified)], 'task_2')
  const [kept] = store.find('task_2')
  assert.deepEqual([kept?.place, kept?.diff], ['/code/app', DIFF])
  const receipt = readKept(store, 'task_2')!
  assert.equal(receipt.sha256, sealOf(receipt))
  assert.equal(receipt.status, 'verified')
  assert.deepEqual(troubles, [])
})

test('files that came with a request have no place to be found at again', () => {
  const { store, tell } = scene()
  assert.ok(created.type === 'task_created')
  const own: SwarmEvent = { ...created, workspace: { kind: 'files', files: [] } }
  tell([own, ...happyEvents, complete(verified)])
  assert.equal(store.find('task_1')[0]?.place, null)
})

test('candidates teach how good a model is at a kind of task; the cancelled and the discarded do not', () => {
  const { store, experience, tell } = scene()
  const refused = (resampled: boolean): SwarmEvent => ({
    type: 'patch_rejected',
    place: place(1),
    code: resampled ? 'loop' : 'placeholder',
    reason: 'because',
    resampled,
  })
  tell([
    created,
    ...happyEvents,
    { type: 'attempt_start', attempt: 2, tier: 'fast' },
    callStart('coder', 1),
    refused(true),
    callStart('coder', 1),
    refused(false),
    callStart('coder', 2),
    callComplete('coder', 2, 'failed'),
    callStart('coder', 3),
    complete(verified),
  ])
  // seat 1 verified, seat 2 stopped by a gate, seat 3 cancelled; then one refused for good, one call broken, one typing
  assert.deepEqual(experience.rate('fast', 'feature'), { asked: 3, verified: 1 })
  assert.deepEqual(experience.rate('fast', 'fix'), { asked: 0, verified: 0 })
  const { refusals } = store.statistics()
  assert.deepEqual(
    refusals
      .map(({ prompt, code, times }) => `${prompt} ${code} ${times}`)
      .toSorted((one, other) => one.localeCompare(other)),
    ['c1 call 1', 'c1 gate test 1', 'c1 loop 1', 'c1 placeholder 1'],
  )
})

test('an examination of a voter is kept at once, and its ballots are added when the story ends', () => {
  const { experience, tell } = scene()
  const record = { ...NO_VOTER_RECORD, labelled: 40, right: 38, valid: 40, first: 20 }
  const examined: SwarmEvent = {
    type: 'voter_examined',
    tier: 'fast',
    model: 'fast-coder',
    record,
    admitted: true,
    reason: 'better than chance',
    latencyMs: 5,
  }
  tell([created, examined])
  assert.deepEqual(experience.voter('fast'), record)
  const start: SwarmEvent = { type: 'attempt_start', attempt: 1, tier: 'fast' }
  const ballots = happyEvents.filter(({ type }) => type === 'ballot_cast')
  tell([created, start, callStart('voter', 1), ...ballots, complete(verified)], 'task_2')
  const { valid, first, invalid } = experience.voter('fast')
  assert.deepEqual([valid, first, invalid], [41, 21, 1])
  assert.deepEqual(experience.voter('deep'), NO_VOTER_RECORD)
})

test('a reviewer is known by what came of its objections', () => {
  const { experience, tell } = scene()
  const reviewed = (loop: number, decision: 'reject' | 'unreadable'): SwarmEvent => ({
    type: 'review_complete',
    loop,
    decision,
    requirements: [],
    objections: [],
    latencyMs: 3,
  })
  const checked = (loop: number, counts: boolean): SwarmEvent => ({
    type: 'objection_checked',
    loop,
    claim: 'it shouts',
    counts,
    reason: 'it ran',
  })
  tell([
    created,
    { type: 'attempt_start', attempt: 1, tier: 'fast' },
    callStart('reviewer', 1),
    reviewed(1, 'reject'),
    checked(1, true),
    checked(1, false),
    reviewed(2, 'unreadable'),
    complete(verified),
  ])
  assert.deepEqual(experience.reviewer('fast'), { reviews: 1, rejections: 1, checked: 2, counted: 1 })
  assert.deepEqual(experience.reviewer('deep'), NO_REVIEWER_RECORD)
})

test('a store that cannot be written is complained of once, and no story ends of it', () => {
  const store = openStore(':memory:', () => NOW)
  const { troubles, experience, tell } = scene(store)
  store[Symbol.dispose]()
  tell([created, ...happyEvents, complete(verified)])
  tell([created, ...happyEvents, complete(verified)], 'task_2')
  assert.equal(troubles.length, 1)
  assert.deepEqual(experience.rate('fast', 'fix'), { asked: 0, verified: 0 })
  assert.deepEqual(experience.voter('fast'), NO_VOTER_RECORD)
  assert.equal(troubles.length, 2)
})
