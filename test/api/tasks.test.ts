import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Entry } from '../../src/core/event.ts'
import type { TaskState } from '../../src/core/state.ts'
import type { SealedReceipt } from '../../src/tasks/seal.ts'
import { callStart, DIFF, happyEvents, verified } from '../core/sample-story.ts'
import {
  ask,
  handClock,
  jsonOf,
  openApi,
  post,
  readerOf,
  settle,
  stage,
  until,
  type ErrorAnswer,
} from './server.ts'

type Looked = { status: string; state: TaskState; receipt: SealedReceipt; story: Entry[] }

const entriesIn = (text: string): Entry[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line): Entry => JSON.parse(line.slice('data: '.length)))
const idsIn = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

test('a workflow tells its story as numbered events, in order, to the end', async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const response = await post(`${api.url}/api/workflow`, {
    description: 'greet the world',
    filesOwned: ['greet.txt'],
    workspace: 'docs',
  })
  assert.match(response.headers.get('content-type')!, /text\/event-stream/)
  assert.equal(response.headers.get('x-quorum-task'), 't1')
  const text = await response.text()
  const entries = entriesIn(text)
  assert.equal(entries[0]!.event.type, 'task_created')
  assert.equal(entries.at(-1)!.event.type, 'task_complete')
  assert.deepEqual(idsIn(text), range(0, happyEvents.length + 2))
  assert.deepEqual(play.tasks[0], {
    id: 't1',
    request: 'greet the world',
    allowTests: false,
    effort: 'medium',
    budget: { tokens: null, seconds: null, attempts: null },
    conversation: '',
    filesOwned: ['greet.txt'],
    workspace: { kind: 'named', name: 'docs' },
  })
})

test('a workflow whose client leaves is cancelled', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const leaving = new AbortController()
  const response = await post(`${api.url}/api/workflow`, { request: 'x' }, { signal: leaving.signal })
  await readerOf(response).until('task_created')
  leaving.abort()
  await until(() => play.signals[0]!.aborted, 'the cascade is told')
  assert.equal((await api.runner.get('t1')!.done).status, 'cancelled')
})

test('a task can be looked at while it runs and after, by its id or its completion id', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const chat = await ask(api, { stream: true })
  const reader = readerOf(chat)
  play.tell(...happyEvents)
  await reader.until('reviewer: approve')
  const during = await jsonOf<Looked>(await fetch(`${api.url}/api/task/chatcmpl-t1`))
  assert.equal(during.status, 'running')
  assert.equal(during.state.attempt, 1)
  play.end(verified)
  await reader.rest()
  const after = await jsonOf<Looked>(await fetch(`${api.url}/api/task/t1`))
  assert.equal(after.status, 'verified')
  assert.equal(after.story.length, happyEvents.length + 2)
  assert.equal(after.receipt.patchSha256, createHash('sha256').update(DIFF).digest('hex'))
  assert.equal(after.receipt.gates[0]?.exitCode, 0)
})

test('of a task that is forgotten the receipt is left, by its id or its completion id', async () => {
  const kept = { status: 'verified', task: 't9', sha256: 'f' }
  await using api = await openApi({ receipt: (id) => (id === 't9' ? kept : null) })
  for (const id of ['t9', 'chatcmpl-t9']) {
    const response = await fetch(`${api.url}/api/task/${id}`)
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { id: 't9', status: 'verified', receipt: kept })
  }
  assert.equal((await fetch(`${api.url}/api/task/t8`)).status, 404)
})

test('a late reader gets the whole story: replayed, then followed', async () => {
  const play = stage()
  play.tell(...happyEvents)
  await using api = await openApi({ cascade: play.cascade })
  const chat = readerOf(await ask(api, { stream: true }))
  await chat.until('reviewer: approve')
  const late = readerOf(await fetch(`${api.url}/api/task/t1/events`))
  await late.until('review_complete')
  play.end(verified)
  const text = await late.rest()
  assert.deepEqual(idsIn(text), range(0, happyEvents.length + 2))
  await chat.rest()
})

test('a reader who comes back with Last-Event-ID gets the rest, and nothing once there is none', async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  await (await ask(api, { stream: true })).text()
  const events = (id: string) => fetch(`${api.url}/api/task/t1/events`, { headers: { 'last-event-id': id } })
  const last = happyEvents.length + 1
  assert.deepEqual(idsIn(await (await events(String(last - 2))).text()), [last - 1, last])
  assert.equal((await events(String(last))).status, 204)
  assert.equal(idsIn(await (await events('nonsense')).text()).length, last + 1)
})

test('two readers of one task: the first to leave changes nothing, the last cancels it', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const [chat, other] = [new AbortController(), new AbortController()]
  await readerOf(await ask(api, { stream: true }, { signal: chat.signal })).until('task accepted')
  const response = await fetch(`${api.url}/api/task/t1/events`, { signal: other.signal })
  const events = readerOf(response)
  await events.until('task_created')

  chat.abort()
  await settle()
  assert.equal(play.signals[0]!.aborted, false)
  play.tell({ type: 'attempt_start', attempt: 1, tier: 'fast' })
  await events.until('attempt_start')

  other.abort()
  await until(() => play.signals[0]!.aborted, 'the cascade is told')
  assert.equal((await api.runner.get('t1')!.done).status, 'cancelled')
})

test('a reader of the events alone does not cancel a chat by leaving', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const chat = readerOf(await ask(api, { stream: true }))
  const leaving = new AbortController()
  await readerOf(await fetch(`${api.url}/api/task/t1/events`, { signal: leaving.signal })).until(
    'task_created',
  )
  leaving.abort()
  await settle()
  play.end(verified)
  assert.match(await chat.rest(), /"finish_reason":"stop"/)
  assert.equal(api.runner.get('t1')!.state().status, 'verified')
})

test('DELETE cancels a task, answers when it is cleaned up, and the chat says so', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const chat = readerOf(await ask(api, { stream: true }))
  play.tell({ type: 'attempt_start', attempt: 1, tier: 'fast' }, callStart('coder', 1))
  await chat.until('coder 1 types')
  const response = await fetch(`${api.url}/api/task/t1`, { method: 'DELETE' })
  assert.deepEqual(await response.json(), { id: 't1', status: 'cancelled' })
  assert.equal(play.cleaned(), 1)
  const text = await chat.rest()
  assert.match(text, /The task was cancelled: cancelled over the API\./)
  assert.ok(text.endsWith('data: [DONE]\n\n'))
})

test('DELETE of a finished task leaves it as it ended', async () => {
  const play = stage()
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  await (await ask(api, { stream: true })).text()
  const response = await fetch(`${api.url}/api/task/t1`, { method: 'DELETE' })
  assert.deepEqual(await response.json(), { id: 't1', status: 'verified' })
})

test('a story that is silent is kept alive by comments', async () => {
  const clock = handClock()
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, clock })
  const reader = readerOf(await post(`${api.url}/api/workflow`, { request: 'x' }))
  await reader.until('task_created')
  await clock.advance(10_000)
  assert.ok(reader.text().endsWith(': keep-alive\n\n'))
  play.end(verified)
  await reader.rest()
})

test('an unknown task is a 404 in OpenAI form', async () => {
  await using api = await openApi()
  for (const [path, method] of [
    ['/api/task/none', 'GET'],
    ['/api/task/none/events', 'GET'],
    ['/api/task/none', 'DELETE'],
  ] as const) {
    const response = await fetch(`${api.url}${path}`, { method })
    assert.equal(response.status, 404)
    const { error } = await jsonOf<ErrorAnswer>(response)
    assert.deepEqual([error.type, error.code, error.param], ['invalid_request_error', 'not_found', 'id'])
  }
})

test('a workflow says which field is missing, and where it cannot work', async () => {
  await using api = await openApi()
  const refusal = async (body: unknown): Promise<[number, string | null]> => {
    const response = await post(`${api.url}/api/workflow`, body)
    const { error } = await jsonOf<ErrorAnswer>(response)
    return [response.status, error.param]
  }
  assert.deepEqual(await refusal({}), [400, 'request'])
  assert.deepEqual(await refusal({ request: 'x', filesOwned: 'a.ts' }), [400, 'filesOwned'])
  assert.deepEqual(await refusal({ request: 'x', workspace: '../etc' }), [400, 'workspace'])
})
