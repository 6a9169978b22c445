import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { createThread, programBeside, type Thread } from '../../src/codebase/thread.ts'

const never = new AbortController().signal
const Said = z.object({ threadId: z.int(), left: z.array(z.int()) })

function open(t: TestContext, idleMs?: number): Thread {
  const program = programBeside(import.meta, 'said-back')
  const thread = createThread({ program, name: 'the test', ...(idleMs === undefined ? {} : { idleMs }) })
  t.after(() => thread.close())
  return thread
}

const answerOf = async (thread: Thread) => Said.parse(await thread.ask({ do: 'answer' }, never))

test('who leaves hears so at once, the thread is told, and others get their answer', async (t) => {
  const thread = open(t)
  const leaving = new AbortController()
  const hanging = thread.ask({ do: 'hang' }, leaving.signal)
  const { threadId } = await answerOf(thread)
  leaving.abort(new Error('gone'))
  await assert.rejects(hanging, /^Error: gone$/)
  assert.deepEqual(await answerOf(thread), { threadId, left: [1] })
  await assert.rejects(thread.ask({ do: 'answer' }, leaving.signal), /^Error: gone$/)
})

test('a thread that breaks tells all who wait, and the next question starts another', async (t) => {
  const thread = open(t)
  const { threadId } = await answerOf(thread)
  await assert.rejects(thread.ask({ do: 'fail' }, never), /the test: no such thing/)
  const waiting = [thread.ask({ do: 'hang' }, never), thread.ask({ do: 'break' }, never)]
  const ends = await Promise.allSettled(waiting)
  for (const end of ends)
    assert.match(String(end.status === 'rejected' && end.reason), /it broke: .*broken on purpose/)
  assert.notEqual((await answerOf(thread)).threadId, threadId)
})

test('nobody has asked for long: it ends, but not while somebody waits', async (t) => {
  const thread = open(t, 1)
  const leaving = new AbortController()
  const hanging = thread.ask({ do: 'hang' }, leaving.signal)
  const { threadId } = await answerOf(thread)
  await sleep(20)
  assert.equal((await answerOf(thread)).threadId, threadId)
  leaving.abort()
  await assert.rejects(hanging)
  await sleep(20)
  assert.notEqual((await answerOf(thread)).threadId, threadId)
})

test('who still waits when it is closed is told, and nothing is started after that', async (t) => {
  const thread = open(t)
  const hanging = assert.rejects(thread.ask({ do: 'hang' }, never), /the test: it was ended/)
  await answerOf(thread)
  await thread.close()
  await hanging
  thread.tell({ leave: 1 })
  await assert.rejects(answerOf(thread), /the test: it was ended/)
})
