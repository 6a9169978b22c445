import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/core/task.ts'
import { DIFF, happyEvents, verified } from '../core/sample-story.ts'
import { jsonOf, openApi, post, stage, type ApiOptions, type ErrorAnswer } from './server.ts'

type Turn = { role: string; content: string | null } & Record<string, unknown>
type Sent = { headers?: Record<string, string>; more?: object }

const FIRST: Turn = { role: 'user', content: 'Fix the parser so that it accepts CRLF' }
const SECOND: Turn = { role: 'user', content: 'now also handle null' }
const abstained: Outcome = { kind: 'abstained', reason: 'all attempts are used', best: null }

/** A server whose tasks deliver the same change at once, or end as the test says. */
async function delivering(options: ApiOptions = {}, how: Outcome = verified) {
  const play = stage()
  play.tell(...happyEvents)
  play.end(how)
  const api = await openApi({ cascade: play.cascade, ...options })
  /** The task a request started, or joined, and what it goes on from; null where one model answered. */
  const send = async (messages: Turn[], { headers = {}, more = {} }: Sent = {}) => {
    const body = { model: 'quorum', messages, ...more }
    const response = await post(`${api.url}/v1/chat/completions`, body, { headers })
    const { choices } = await jsonOf<{ choices: { message: Turn }[] }>(response)
    const id = response.headers.get('x-quorum-task')
    return { id, answer: choices[0]!.message, upon: uponOf(play, id) }
  }
  return { api, play, send, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

const uponOf = ({ tasks }: ReturnType<typeof stage>, id: string | null) =>
  tasks.find((task) => task.id === id)?.upon ?? null

test('what a user says to a delivered change goes on from it, found by its line of evidence', async () => {
  await using server = await delivering()
  const first = await server.send([FIRST])
  assert.deepEqual([first.id, first.upon], ['t1', null])
  const second = await server.send([FIRST, first.answer, SECOND])
  assert.equal(second.id, 't2')
  assert.deepEqual(second.upon, { task: 't1', request: FIRST.content, diff: DIFF, tree: 'a'.repeat(40) })

  const third = await server.send([
    FIRST,
    first.answer,
    SECOND,
    second.answer,
    { role: 'user', content: 'Now write a README' },
  ])
  assert.equal(third.upon?.task, 't2', 'the last one, whatever is asked for next')
  const retried = await server.send([FIRST, first.answer, SECOND])
  assert.equal(retried.id, 't2', 'a retry joins')
  const again = await server.send([FIRST, first.answer, { role: 'user', content: 'rather without a loop' }])
  assert.equal(again.upon?.task, 't1', 'an answer that was thrown away does not count')
})

test('it is found by the calls that handed it over, and by nobody else’s', async () => {
  await using server = await delivering()
  await server.send([FIRST])
  const called = (id: string): Turn[] => [
    FIRST,
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name: 'edit', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: id, content: 'done' },
    SECOND,
  ]
  assert.equal((await server.send(called('call_t1_1'))).upon?.task, 't1')
  assert.equal(
    (await server.send(called('call_other_1'))).id,
    null,
    'nothing to go on from, so nothing to refine',
  )
})

test('another caller, another workspace, and a task that delivered nothing: each starts anew', async () => {
  await using server = await delivering()
  const headers = { authorization: 'Bearer one' }
  const { answer } = await server.send([FIRST], { headers })
  const turns = [FIRST, answer, SECOND]
  assert.equal((await server.send(turns, { headers })).upon?.task, 't1')
  assert.equal((await server.send(turns, { headers: { authorization: 'Bearer two' } })).upon, null)
  assert.equal((await server.send(turns)).upon, null)
  assert.equal(
    (await server.send(turns, { headers: { ...headers, 'x-quorum-workspace': 'docs' } })).upon,
    null,
  )

  await using failing = await delivering({}, abstained)
  const nothing = await failing.send([FIRST])
  const forced = { more: { metadata: { quorum: 'task' } } }
  assert.equal((await failing.send([FIRST, nothing.answer, SECOND], forced)).upon, null)
})

test('files that came with the messages are a place of their own', async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const send = async (...messages: Turn[]) => {
    const response = await post(`${api.url}/v1/chat/completions`, { model: 'quorum', messages })
    const { choices } = await jsonOf<{ choices: { message: Turn }[] }>(response)
    return { answer: choices[0]!.message, upon: uponOf(play, response.headers.get('x-quorum-task')) }
  }
  const asked = {
    role: 'user',
    content: '```js lib/a.js\nexport const a = 1\n```\n\nFix the function in lib/a.js',
  }
  const first = await send(asked)
  assert.equal(play.tasks[0]!.workspace.kind, 'files')
  assert.equal((await send(asked, first.answer, SECOND)).upon?.task, 't1')
  assert.equal(
    (await send(FIRST, first.answer, SECOND)).upon,
    null,
    'without the files the workspace is meant',
  )
})

test('where the conversation does not show it, the session does, but only what was asked earlier in it', async () => {
  const DONE: Turn = { role: 'assistant', content: 'Done.' }
  const turns = [FIRST, DONE, SECOND]
  const sessions: Sent[] = [
    ...['x-session-id', 'x-session-affinity', 'session-id', 'thread-id', 'X-OpenWebUI-Chat-Id'].map(
      (name) => ({
        headers: { [name]: 'one' },
      }),
    ),
    { more: { metadata: { chat_id: 'one' } } },
    { more: { prompt_cache_key: 'one' } },
  ]
  for (const session of sessions) {
    await using server = await delivering()
    await server.send([FIRST], session)
    const told = JSON.stringify(session)
    assert.equal((await server.send(turns)).id, null, `without ${told} nobody knows of a change`)
    const second = await server.send(turns, session)
    assert.equal(second.upon?.task, 't1', told)
    assert.equal((await server.send(turns, session)).id, second.id, `a retry joins: ${told}`)
  }
  await using server = await delivering()
  const session = { headers: { 'x-session-id': 'one' } }
  await server.send([FIRST], session)
  const other = { role: 'user', content: 'Fix the lexer, it drops the last line' }
  assert.equal((await server.send([other], session)).upon, null, 'a new chat in the same session')
  assert.equal((await server.send([other, DONE, SECOND], session)).upon?.task, 't2')
  assert.equal((await server.send(turns, session)).upon?.task, 't1', 'each chat has its own')
  const stranger = { headers: { ...session.headers, authorization: 'Bearer two' } }
  assert.equal((await server.send(turns, stranger)).id, null, 'the same name of a session, but not his')
})

test('after a restart the kept receipt tells of the change, to who can quote its seal', async () => {
  const seal = 'f'.repeat(64)
  const change = { task: 'task_old', request: 'greet', diff: DIFF, tree: 'a'.repeat(40) }
  await using server = await delivering({
    delivered: (id) => (id === 'task_old' ? { change, workspace: 'app', seal } : null),
  })
  const told = (receipt: string): Turn[] => [
    FIRST,
    { role: 'assistant', content: `Evidence: verified · task task_old · receipt ${receipt}` },
    SECOND,
  ]
  assert.deepEqual((await server.send(told(seal.slice(0, 12)))).upon, change)
  assert.equal((await server.send(told('0'.repeat(12)))).upon, null)
})

test('a workflow names what it goes on from, and the same one again joins', async () => {
  await using server = await delivering()
  const { api, play } = server
  const start = async (body: object, headers: Record<string, string> = {}) => {
    const response = await post(`${api.url}/api/workflow`, body, { headers })
    const text = await response.text()
    const [id, route] = ['x-quorum-task', 'x-quorum-route'].map((name) => response.headers.get(name))
    return { status: response.status, text, id: id!, route, upon: uponOf(play, id!) }
  }
  const first = await start({ request: 'greet the world' })
  assert.deepEqual([first.id, first.route], ['t1', 'task'])
  assert.deepEqual((await start({ request: 'greet the world' })).route, 'task; joined finished')
  assert.equal((await start({ request: 'greet the world' }, { 'x-quorum-join': 'no' })).id, 't2')
  assert.equal((await start({ request: 'greet the moon' })).id, 't3')
  const next = await start({ request: 'greet the world', upon: 't1' })
  assert.deepEqual([next.id, next.upon?.task], ['t4', 't1'])

  for (const [body, headers] of [
    [{ upon: 'unknown' }, {}],
    [{ upon: 't1', workspace: 'docs' }, {}],
    [{ upon: 't1' }, { authorization: 'Bearer two' }],
  ] as const) {
    const refused = await start({ request: 'greet', ...body }, headers)
    assert.equal(refused.status, 400)
    const { error }: ErrorAnswer = JSON.parse(refused.text)
    assert.equal(error.param, 'upon')
  }
})

test('a response goes on from the one it names, where that is an answer of ours to the same caller', async () => {
  await using server = await delivering()
  const { api, play } = server
  const respond = (body: object, headers: Record<string, string> = {}) =>
    post(`${api.url}/v1/responses`, { model: 'quorum', ...body }, { headers })
  const first = await jsonOf<{ id: string }>(await respond({ input: FIRST.content }))
  const next = { input: SECOND.content, previous_response_id: first.id }
  const response = await respond(next)
  const id = response.headers.get('x-quorum-task')
  assert.equal(uponOf(play, id)?.task, 't1')
  assert.match(play.tasks[1]!.conversation, /^user: Fix the parser[^]+assistant: This change passed/)
  const told = await jsonOf<{ previous_response_id: string }>(response)
  assert.equal(told.previous_response_id, 'resp_t1')

  const refused = await respond(next, { authorization: 'Bearer two' })
  assert.equal(refused.status, 400)
  assert.equal((await jsonOf<ErrorAnswer>(refused)).error.param, 'previous_response_id')
})
