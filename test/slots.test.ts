import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlots } from '../src/slots.ts'

const never = new AbortController().signal

/** Long enough for everything that can settle without a timer. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('no more than the size are held at once, and waiters are served in the order they came', async () => {
  const slots = createSlots(2)
  const first = await slots.take(never)
  const second = await slots.take(never)
  const served: number[] = []
  const waiting = [1, 2, 3].map(async (number) => {
    using _ = await slots.take(never)
    served.push(number)
  })
  await settle()
  assert.deepEqual([served, slots.free], [[], 0])

  first[Symbol.dispose]()
  await Promise.all(waiting)
  assert.deepEqual(served, [1, 2, 3])
  second[Symbol.dispose]()
  assert.equal(slots.free, 2)
})

test('a latecomer does not overtake a waiter when a slot falls free', async () => {
  const slots = createSlots(1)
  const held = await slots.take(never)
  const served: string[] = []
  const waiter = slots.take(never).then((slot) => (served.push('waiter'), slot))
  held[Symbol.dispose]()
  const latecomer = slots.take(never).then((slot) => (served.push('latecomer'), slot))
  ;(await waiter)[Symbol.dispose]()
  ;(await latecomer)[Symbol.dispose]()
  assert.deepEqual(served, ['waiter', 'latecomer'])
})

test('who aborts while waiting gets the reason at once, and the slot goes to the next', async () => {
  const slots = createSlots(1)
  const held = await slots.take(never)
  const abort = new AbortController()
  const leaver = slots.take(abort.signal)
  const next = slots.take(never)
  abort.abort(new Error('left'))
  await assert.rejects(leaver, /left/)

  held[Symbol.dispose]()
  ;(await next)[Symbol.dispose]()
  await settle()
  assert.equal(slots.free, 1)
})

test('an aborted signal takes no slot', async () => {
  const slots = createSlots(1)
  await assert.rejects(slots.take(AbortSignal.abort(new Error('too late'))), /too late/)
  assert.equal(slots.free, 1)
})

test('a slot disposed twice is given back once', async () => {
  const slots = createSlots(1)
  const slot = await slots.take(never)
  slot[Symbol.dispose]()
  slot[Symbol.dispose]()
  assert.equal(slots.free, 1)
})

test('those who wait are served in turn, however many waiters one of them has', async () => {
  const slots = createSlots(1)
  const held = await slots.take(never)
  const served: string[] = []
  const waits = async (who: string): Promise<void> => {
    using _ = await slots.take(never, who)
    served.push(who)
    await settle()
  }
  const waiting = ['huge', 'huge', 'huge', 'huge', 'small', 'other', 'small'].map(waits)
  held[Symbol.dispose]()
  await Promise.all(waiting)
  assert.deepEqual(served, ['huge', 'small', 'other', 'huge', 'small', 'huge', 'huge'])
  assert.equal(slots.free, 1)
})

test('a slot that is handed over to somebody who has just left goes on to the next', async () => {
  const slots = createSlots(1)
  const held = await slots.take(never)
  const abort = new AbortController()
  const leaver = slots.take(abort.signal, 'a')
  const next = slots.take(never, 'b')
  held[Symbol.dispose]()
  abort.abort(new Error('left'))
  // it came before the abort did: whoever has it gives it back
  await leaver.then(
    (slot) => slot[Symbol.dispose](),
    () => {},
  )
  ;(await next)[Symbol.dispose]()
  assert.equal(slots.free, 1)
})
