import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  hasSlept,
  MOST_MISSED,
  STEADY_MS,
  tend,
  UNTENDED,
  waitAfter,
  type Care,
  type Sight,
} from '../../src/core/server-care.ts'

const HOUR = 3_600_000

/** What is done after each of these looks, a second apart. */
function acts(sights: readonly Sight[], care: Care = UNTENDED): { acts: (string | null)[]; care: Care } {
  const done = sights.map((sight, index) => {
    const next = tend(care, sight, care.since + 1000 * (index + 1))
    care = next.care
    return next.act
  })
  return { acts: done, care }
}

test('a server is started once, and left alone while it loads and while it is well', () => {
  const { acts: done, care } = acts([
    'ended',
    'silent',
    'silent',
    'silent',
    'silent',
    'loading',
    'loading',
    'healthy',
  ])
  assert.deepEqual(done, ['start', null, null, null, null, null, null, null])
  assert.deepEqual([care.phase, care.starts, care.failures], ['healthy', 1, 0])
})

test('who has answered and then says nothing is killed, and no sooner than after some looks', () => {
  const silences = Array.from({ length: MOST_MISSED }, (): Sight => 'silent')
  const { acts: done } = acts(['ended', 'healthy', ...silences.slice(1), 'healthy', ...silences, 'ended'])
  assert.deepEqual(done.filter(Boolean), ['start', 'kill'])
  assert.equal(done.at(-2), 'kill')
})

test('who ends again and again waits longer each time, up to a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (failures) => {
      assert.ok(waitAfter(failures) <= waitAfter(failures + 1))
      assert.ok(waitAfter(failures) >= 1_000 && waitAfter(failures) <= 60_000)
    }),
  )
})

test('the wait is kept to the millisecond, and then there is a start', () => {
  const { care } = acts(['ended', 'ended'])
  assert.equal(care.phase, 'waiting')
  assert.equal(tend(care, 'ended', care.startAt - 1).act, null)
  assert.equal(tend(care, 'ended', care.startAt).act, 'start')
})

test('a server that held out is started again at once, however often it had failed before', () => {
  const steady: Care = { ...UNTENDED, phase: 'healthy', since: 0, starts: 9, failures: 8 }
  assert.equal(tend(steady, 'ended', STEADY_MS).care.failures, 1)
  assert.equal(tend(steady, 'ended', STEADY_MS - 1).care.failures, 9)
})

test('a server whose model is stuck is killed at the first look', () => {
  assert.deepEqual(acts(['ended', 'healthy', 'stuck', 'ended']).acts, ['start', null, 'kill', null])
})

test('a slow round is no sleep, an hour is', () => {
  assert.equal(hasSlept(0, 5_000 + 20_000, 5_000), false)
  assert.equal(hasSlept(0, HOUR, 5_000), true)
})

test('whatever is seen, a server is started only while it is down, and counted right', () => {
  const sights = fc.array(fc.constantFrom<Sight>('ended', 'silent', 'loading', 'healthy', 'stuck'), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(sights, (sights) => {
      const { acts: done, care } = acts(sights)
      const lives = done.filter(Boolean)
      assert.equal(care.starts, lives.filter((act) => act === 'start').length)
      assert.ok(care.missed <= sights.length)
      assert.ok(care.phase === 'waiting' || care.starts > 0)
    }),
  )
})
