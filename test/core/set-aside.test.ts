import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterFailure, HEALTHY, orderToAsk, type Health } from '../../src/core/set-aside.ts'

const failed = (times: number, how: { silent: boolean } = { silent: false }): Health => {
  let health = HEALTHY
  for (let time = 0; time < times; time += 1) health = afterFailure(health, how.silent, 1_000)
  return health
}

test('each failure sets a server aside for twice as long, up to a minute', () => {
  const aside = [1, 2, 3, 6, 7, 50].map((times) => failed(times).asideUntil - 1_000)
  assert.deepEqual(aside, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000])
})

test('who is well is asked first and in order; who is set aside comes last, the soonest back before the others', () => {
  const healths = [failed(3), HEALTHY, failed(1), HEALTHY]
  assert.deepEqual(orderToAsk(healths, 1_500), [1, 3, 2, 0])
  assert.deepEqual(orderToAsk(healths, 2_500), [1, 2, 3, 0])
  assert.deepEqual(orderToAsk(healths, 9_000), [0, 1, 2, 3])
})

test('a lone server that fails is asked all the same, and one that only keeps silent not before its time is up', () => {
  assert.deepEqual(orderToAsk([failed(9)], 1_001), [0])
  assert.deepEqual(orderToAsk([failed(2, { silent: true })], 1_001), [0])
  assert.deepEqual(orderToAsk([failed(3, { silent: true })], 1_001), [])
  assert.deepEqual(orderToAsk([failed(3, { silent: true })], 5_001), [0])
  // it spoke again in between, if only to refuse
  assert.equal(afterFailure(failed(2, { silent: true }), false, 0).silences, 0)
})
