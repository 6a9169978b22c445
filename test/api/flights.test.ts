import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import type { Outcome } from '../../src/core/task.ts'
import { happyEvents, verified } from '../core/sample-story.ts'
import {
  ask,
  asks,
  chunksIn,
  contentOf,
  handClock,
  jsonOf,
  openApi,
  post,
  readerOf,
  stage,
  until,
  type Api,
  type ApiOptions,
  type ErrorAnswer,
} from './server.ts'

type Completion = { id: string; choices: { message: { content: string }; finish_reason: string }[] }

const GRACE_MS = 8_000
const MINUTE = 60_000

/** A server whose clock is moved by hand, and which says what it was told to wait for. */
async function patient(options: ApiOptions = {}) {
  const moved = handClock()
  const waits: number[] = []
  const clock = {
    ...moved,
    sleep: (ms: number, signal: AbortSignal) => {
      waits.push(ms)
      return moved.sleep(ms, signal)
    },
  }
  const play = stage()
  const api = await openApi({ cascade: play.cascade, clock, graceMs: GRACE_MS, ...options })
  return {
    api,
    play,
    clock,
    /** The grace time has begun so many times. */
    graces: (count: number) =>
      until(() => waits.filter((ms) => ms === GRACE_MS).length === count, `grace time ${count} begins`),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

/** Asks for a stream, reads until the task runs, and can hang up. */
async function reading(api: Api, more: object = {}) {
  const leaving = new AbortController()
  const response = await ask(api, { stream: true, ...more }, { signal: leaving.signal })
  const reader = readerOf(response)
  await reader.until('task accepted')
  return { response, reader, leave: () => leaving.abort() }
}

const ids = (api: Api): string[] => api.runner.list().map(({ id }) => id)
const routeOf = (response: Response) => [
  response.headers.get('x-quorum-route'),
  response.headers.get('x-quorum-task'),
]

test('the same request again joins the running task, and both get its one answer', async () => {
  await using server = await patient()
  const { api, play } = server
  const first = await reading(api)
  const again = await ask(api, { stream: false, temperature: 0.1, user: 'u', session_id: 's' })
  assert.deepEqual(routeOf(first.response), ['task', 't1'])
  assert.deepEqual(routeOf(again), ['task; joined running', 't1'])
  play.tell(...happyEvents)
  play.end(verified)
  const chunks = chunksIn(await first.reader.rest())
  const whole = await jsonOf<Completion>(again)
  assert.deepEqual(new Set([whole.id, ...chunks.map(({ id }) => id)]), new Set(['chatcmpl-t1']))
  assert.equal(whole.choices[0]!.message.content, contentOf(chunks))
  assert.equal(play.tasks.length, 1)
})

test('requests of the same instant are one task', async () => {
  await using server = await patient()
  const { api, play } = server
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => ask(api)))
  assert.deepEqual(ids(api), ['t1'])
  assert.equal(answers.filter((answer) => routeOf(answer)[0] === 'task').length, 1)
  play.end(verified)
  const wholes = await Promise.all(answers.map((answer) => jsonOf<Completion>(answer)))
  assert.deepEqual(new Set(wholes.map(({ id }) => id)), new Set(['chatcmpl-t1']))
})

test('a finished answer is given again at once, as an object or as a stream, for fifteen minutes', async () => {
  await using server = await patient()
  const { api, play, clock } = server
  play.tell(...happyEvents)
  play.end(verified)
  const whole = await jsonOf<Completion>(await ask(api))
  await clock.advance(15 * MINUTE - 1)
  const stream = await ask(api, { stream: true, stream_options: { include_usage: true } })
  assert.deepEqual(routeOf(stream), ['task; joined finished', 't1'])
  const text = await stream.text()
  assert.ok(text.endsWith('data: [DONE]\n\n'))
  assert.equal(contentOf(chunksIn(text)), whole.choices[0]!.message.content)
  assert.match(text, /"total_tokens":[1-9]/)
  assert.deepEqual(await jsonOf<Completion>(await ask(api)), whole)
  assert.equal(play.tasks.length, 1)

  await clock.advance(1)
  assert.deepEqual(routeOf(await ask(api)), ['task', 't2'])
})

test('the fifteen minutes begin at the end of the task, however long it ran', async () => {
  await using server = await patient()
  const { api, play, clock } = server
  const { reader } = await reading(api)
  await clock.advance(40 * MINUTE)
  assert.equal((await reading(api)).response.headers.get('x-quorum-task'), 't1')
  play.end(verified)
  await reader.rest()
  await clock.advance(14 * MINUTE)
  assert.equal((await reading(api)).response.headers.get('x-quorum-task'), 't1')
})

const abstained: Outcome = { kind: 'abstained', reason: 'all attempts are used', best: null }
for (const [what, how, next] of [
  ['that gave up has given its answer', abstained, 't1'],
  ['that broke is tried anew', new SwarmError('upstream', 'the models are gone'), 't2'],
] as const) {
  test(`a task ${what}`, async () => {
    await using server = await patient()
    const { api, play } = server
    play.end(how)
    await (await ask(api)).text()
    assert.equal((await ask(api)).headers.get('x-quorum-task'), next)
  })
}

test('a cancelled task is not joined, not even while it cleans up', async () => {
  const held = Promise.withResolvers<void>()
  const play = stage()
  await using server = await patient({
    async *cascade(task, signal) {
      try {
        return yield* play.cascade(task, signal)
      } finally {
        await held.promise
      }
    },
  })
  // given back before the server closes, which waits for it
  using _ = { [Symbol.dispose]: held.resolve }
  const { api } = server
  await reading(api)
  const cancelled = fetch(`${api.url}/api/task/t1`, { method: 'DELETE' })
  await until(() => play.signals[0]!.aborted, 'the cascade is told')
  const again = await reading(api)
  assert.equal(api.runner.get('t1')!.state().status, 'running')
  assert.deepEqual(routeOf(again.response), ['task', 't2'])
  held.resolve()
  await (await cancelled).text()
  assert.deepEqual(routeOf(await ask(api)), ['task; joined running', 't2'])
})

test('who asks for something else, or as somebody else, gets a task of his own', async () => {
  await using server = await patient()
  const { api } = server
  const others = [
    () => ask(api),
    () => ask(api, {}, { headers: { authorization: 'Bearer other' } }),
    () => ask(api, {}, { headers: { 'x-api-key': 'third' } }),
    () => ask(api, {}, { headers: { 'x-quorum-workspace': 'docs' } }),
    () => ask(api, { model: 'quorum-fast' }),
    () => ask(api, { reasoning_effort: 'high' }),
    () => ask(api, { metadata: { budgetTokens: '5000' } }),
    () => post(`${api.url}/v1/chat/completions`, asks('Fix the lexer so that it accepts CRLF')),
  ]
  const tasks = []
  for (const other of others) tasks.push((await other()).headers.get('x-quorum-task'))
  assert.deepEqual(
    tasks,
    others.map((_, index) => `t${index + 1}`),
  )
})

test('who does not want to join says so, and nobody joins him', async () => {
  await using server = await patient()
  const { api } = server
  const taskOf = async (more: object = {}, headers: Record<string, string> = {}) =>
    (await ask(api, more, { headers })).headers.get('x-quorum-task')
  assert.equal(await taskOf({ metadata: { join: 'false' } }), 't1')
  assert.equal(await taskOf(), 't2')
  assert.equal(await taskOf({}, { 'x-quorum-join': 'No' }), 't3')
  assert.equal(await taskOf({ metadata: { join: false } }), 't4')
  assert.equal(await taskOf({ metadata: { join: 'true' } }, { 'x-quorum-join': 'yes' }), 't2')
  assert.equal(await taskOf({ metadata: {} }), 't2')
  assert.equal(await taskOf(), 't2')
})

test('a wish to join that cannot be read is refused', async () => {
  await using api = await openApi()
  const refused = async (more: object, headers: Record<string, string> = {}) => {
    const response = await ask(api, more, { headers })
    const { error } = await jsonOf<ErrorAnswer>(response)
    return [response.status, error.param]
  }
  assert.deepEqual(await refused({ metadata: { join: 'maybe' } }), [400, 'metadata.join'])
  assert.deepEqual(await refused({}, { 'x-quorum-join': 'maybe' }), [400, 'x-quorum-join'])
  assert.deepEqual(api.runner.list(), [])
})

test('a body of nothing but brackets is refused, not tripped over', async () => {
  const bugs: unknown[] = []
  await using api = await openApi({ onBug: (error) => bugs.push(error) })
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const body = JSON.stringify(asks()).replace(/\}$/, `,"extra":${deep}}`)
  const response = await post(`${api.url}/v1/chat/completions`, body)
  assert.equal(response.status, 400)
  assert.match((await jsonOf<ErrorAnswer>(response)).error.message, /nested too deeply/)
  assert.deepEqual(bugs, [])
})

for (const state of ['running', 'finished'] as const) {
  test(`when the files have changed, a ${state} task is not joined`, async () => {
    let base = 'a'.repeat(40)
    const looked: string[] = []
    const workspaces: ApiOptions['workspaces'] = {
      names: () => ['app'],
      has: async (name) => name === 'app',
      contains: async () => true,
      at: async () => null,
      async baseOf(name) {
        looked.push(name)
        return base
      },
      look: () => assert.fail('nobody asks about it'),
    }
    await using server = await patient({ workspaces })
    const { api, play } = server
    play.tell(...happyEvents)
    const first = await reading(api)
    await first.reader.until('reviewer: approve')
    if (state === 'finished') {
      play.end(verified)
      await first.reader.rest()
    }
    assert.equal((await ask(api)).headers.get('x-quorum-task'), 't1')
    base = 'b'.repeat(40)
    assert.deepEqual(routeOf(await ask(api)), ['task', 't2'])
    assert.deepEqual(looked, ['app', 'app'])
  })
}

test('what came with the request is compared as text, and no workspace is looked at', async () => {
  await using server = await patient({
    workspaces: {
      names: () => [],
      has: async () => false,
      contains: async () => false,
      at: async () => null,
      baseOf: () => assert.fail('there is no workspace'),
      look: () => assert.fail('there is no workspace'),
    },
  })
  const { api, play } = server
  play.tell(...happyEvents)
  play.end(verified)
  const sent = async (code: string) => {
    const body = asks(`\`\`\`js src/a.js\n${code}\n\`\`\`\n\nFix the function in src/a.js`)
    const response = await post(`${api.url}/v1/chat/completions`, body)
    await response.text()
    return response.headers.get('x-quorum-task')
  }
  assert.equal(await sent('export const a = 1'), 't1')
  assert.equal(await sent('export const a = 1'), 't1')
  assert.equal(await sent('export const a = 2'), 't2')
})

test('of what is forgotten nothing is given again', async () => {
  await using server = await patient()
  const { api, play } = server
  play.end(verified)
  const send = async (word: string) => {
    const response = await post(`${api.url}/v1/chat/completions`, asks(`Fix the parser of ${word}.ts`))
    await response.text()
    return response.headers.get('x-quorum-task')
  }
  assert.equal(await send('first'), 't1')
  for (let other = 2; other <= 21; other += 1) await send(`other${other}`)
  assert.equal(api.runner.get('t1'), undefined)
  assert.equal(await send('first'), 't22')
})

test('when its last reader has left, a task goes on for the grace time and then stops for real', async () => {
  await using server = await patient()
  const { api, play, clock, graces } = server
  const { leave } = await reading(api)
  leave()
  await graces(1)
  await clock.advance(GRACE_MS - 1)
  assert.equal(play.signals[0]!.aborted, false)
  await clock.advance(1)
  const state = await api.runner.get('t1')!.done
  assert.deepEqual([state.status, state.reason], ['cancelled', 'the client left'])
  assert.deepEqual([play.cleaned(), clock.sleepers()], [1, 0])
  assert.deepEqual(routeOf(await ask(api)), ['task', 't2'])
})

for (const stream of [true, false]) {
  test(`a reader who comes back in time keeps the task alive (stream: ${stream})`, async () => {
    await using server = await patient()
    const { api, play, clock, graces } = server
    const { leave } = await reading(api)
    leave()
    await graces(1)
    await clock.advance(GRACE_MS - 1)
    const leaving = new AbortController()
    const back = await ask(api, { stream }, { signal: leaving.signal })
    assert.deepEqual(routeOf(back), ['task; joined running', 't1'])
    await clock.advance(2 * GRACE_MS)
    assert.equal(play.signals[0]!.aborted, false)

    leaving.abort()
    await graces(2)
    await clock.advance(GRACE_MS - 1)
    assert.equal(play.signals[0]!.aborted, false)
    await clock.advance(1)
    assert.equal((await api.runner.get('t1')!.done).status, 'cancelled')
  })
}

test('a reader of the events counts as well', async () => {
  await using server = await patient()
  const { api, play, clock, graces } = server
  const { leave } = await reading(api)
  leave()
  await graces(1)
  const events = readerOf(await fetch(`${api.url}/api/task/t1/events`))
  await events.until('task_created')
  await clock.advance(2 * GRACE_MS)
  play.end(verified)
  assert.match(await events.rest(), /task_complete/)
})

test('who joined keeps the task when the one who started it leaves', async () => {
  await using server = await patient()
  const { api, play, clock } = server
  const first = await reading(api)
  const second = await reading(api)
  first.leave()
  await until(() => clock.sleepers() === 1, 'one heartbeat is left')
  await clock.advance(2 * GRACE_MS)
  play.end(verified)
  assert.match(await second.reader.rest(), /"finish_reason":"stop"/)
})

test('an answer that comes in the grace time waits for the reader', async () => {
  await using server = await patient()
  const { api, play, clock, graces } = server
  const { leave } = await reading(api)
  leave()
  await graces(1)
  play.end(verified)
  assert.equal((await api.runner.get('t1')!.done).status, 'verified')
  await until(() => clock.sleepers() === 0, 'nobody waits any more')
  const back = await ask(api)
  assert.deepEqual(routeOf(back), ['task; joined finished', 't1'])
  assert.equal((await jsonOf<Completion>(back)).choices[0]!.finish_reason, 'stop')
})

test('DELETE stops a task at once, in the grace time too', async () => {
  await using server = await patient()
  const { api, play, clock, graces } = server
  const { leave } = await reading(api)
  leave()
  await graces(1)
  const response = await fetch(`${api.url}/api/task/t1`, { method: 'DELETE' })
  assert.deepEqual(await response.json(), { id: 't1', status: 'cancelled' })
  assert.equal(play.cleaned(), 1)
  await until(() => clock.sleepers() === 0, 'nobody waits any more')
})

test('a server that shuts down does not wait for the grace time', async () => {
  await using server = await patient()
  const { api, play, clock, graces } = server
  const { leave } = await reading(api)
  leave()
  await graces(1)
  await api.runner.close()
  const { status, reason } = api.runner.get('t1')!.state()
  assert.deepEqual([status, reason], ['cancelled', 'the server is shutting down'])
  assert.equal(play.cleaned(), 1)
  await until(() => clock.sleepers() === 0, 'nobody waits any more')
})

test('a joined answer without a stream has its headers at once and white space until the object', async () => {
  await using server = await patient()
  const { api, play, clock } = server
  await reading(api)
  const joined = await ask(api)
  const reader = readerOf(joined)
  await reader.until('\n')
  await clock.advance(10_000)
  await reader.until(' ')
  play.end(verified)
  const text = await reader.rest()
  assert.match(text, /^\n {1,}\{/)
  const answer: Completion = JSON.parse(text)
  assert.equal(answer.id, 'chatcmpl-t1')
})
