import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import type { Entry, SwarmEvent } from '../../src/core/event.ts'
import { createLog } from '../../src/tasks/log.ts'

const entry = (taskId: string, seq: number, event: SwarmEvent = START): Entry => ({
  taskId,
  seq,
  event,
  at: 0,
  attempt: 0,
  tier: null,
})
const START: SwarmEvent = { type: 'attempt_start', attempt: 1, tier: 'fast' }
const END: SwarmEvent = { type: 'task_abort', cause: 'cancelled', reason: '', outcome: null }
const never = new AbortController().signal

async function seqs(entries: AsyncGenerator<Entry>): Promise<number[]> {
  const read: number[] = []
  for await (const { seq } of entries) read.push(seq)
  return read
}

test('a reader gets what was told and then what is being told, to the end', async () => {
  const log = createLog(10)
  log.append(entry('a', 0))
  const reading = seqs(log.follow('a', 0, never))
  log.append(entry('a', 1))
  await new Promise((resolve) => setImmediate(resolve))
  log.append(entry('a', 2))
  log.append(entry('a', 3, END))
  assert.deepEqual(await reading, [0, 1, 2, 3])
})

test('a reader may start in the middle, and two readers do not disturb each other', async () => {
  const log = createLog(10)
  for (const seq of [0, 1, 2]) log.append(entry('a', seq))
  const readings = Promise.all([seqs(log.follow('a', 2, never)), seqs(log.follow('a', 0, never))])
  log.append(entry('a', 3, END))
  assert.deepEqual(await readings, [
    [2, 3],
    [0, 1, 2, 3],
  ])
})

test('a reader who leaves while waiting is let go at once, and leaves no listener', async () => {
  const log = createLog(10)
  log.append(entry('a', 0))
  const leaving = new AbortController()
  const reading = seqs(log.follow('a', 0, leaving.signal))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(getEventListeners(leaving.signal, 'abort').length, 1)
  leaving.abort(new Error('gone'))
  await assert.rejects(reading, /gone/)
  assert.equal(getEventListeners(leaving.signal, 'abort').length, 0)
})

test('ended stories beyond the limit are dropped, the oldest first; running ones never', () => {
  const log = createLog(2)
  log.append(entry('running', 0))
  for (const id of ['a', 'b', 'c']) {
    log.append(entry(id, 0))
    log.append(entry(id, 1, END))
  }
  assert.equal(log.read('a', 0), undefined)
  assert.equal(log.read('b', 0)?.length, 2)
  assert.equal(log.read('c', 1)?.length, 1)
  assert.equal(log.read('running', 0)?.length, 1)
})

test('a story that is dropped while somebody reads it is read to the end', async () => {
  const log = createLog(1)
  log.append(entry('a', 0))
  log.append(entry('a', 1, END))
  const reading = log.follow('a', 0, never)
  assert.equal((await reading.next()).value?.seq, 0)
  log.append(entry('b', 0, END))
  assert.equal(log.read('a', 0), undefined)
  assert.deepEqual(await seqs(reading), [1])
})

test('an unknown story has nothing to read', async () => {
  assert.deepEqual(await seqs(createLog(1).follow('x', 0, never)), [])
})
