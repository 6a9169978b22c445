import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { bodyOf } from '../../src/api/connection.ts'

const never = new AbortController().signal

test('cancelling a body ends a producer that waits, and waits for its cleanup', async () => {
  const told: string[] = []
  const body = bodyOf(
    async function* (signal) {
      try {
        yield 'first'
        await once(signal, 'abort')
        signal.throwIfAborted()
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 5))
        told.push('cleaned up')
      }
    },
    never,
    () => told.push('ended'),
  )
  const reader = body.getReader()
  assert.equal(new TextDecoder().decode((await reader.read()).value), 'first')
  const waiting = reader.read()
  await reader.cancel()
  assert.equal((await waiting).done, true)
  assert.deepEqual(told, ['ended', 'cleaned up'])
})

test('a client who left before the first byte still counts as gone', () => {
  let ended = 0
  const gone = AbortSignal.abort(new Error('gone'))
  bodyOf(
    async function* () {
      yield 'never read'
    },
    gone,
    () => (ended += 1),
  )
  assert.equal(ended, 1)
})

test('a producer that breaks breaks the body, and it has ended', async () => {
  let ended = 0
  const body = bodyOf(
    async function* () {
      yield 'first'
      throw new Error('broken')
    },
    never,
    () => (ended += 1),
  )
  await assert.rejects(new Response(body).text(), /broken/)
  assert.equal(ended, 1)
})
