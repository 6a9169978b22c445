import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verified } from '../core/sample-story.ts'
import {
  ask,
  ASK,
  asks,
  handClock,
  jsonOf,
  openApi,
  post,
  stage,
  type Api,
  type ErrorAnswer,
} from './server.ts'

async function errorOf(asked: Promise<Response>) {
  const response = await asked
  const body = await jsonOf<ErrorAnswer>(response)
  assert.deepEqual(Object.keys(body), ['error'])
  assert.deepEqual(Object.keys(body.error), ['message', 'type', 'param', 'code'])
  return { ...body.error, status: response.status, retry: response.headers.get('x-should-retry') }
}

const chat = ({ url }: Api, body: unknown): Promise<Response> => post(`${url}/v1/chat/completions`, body)
const user = (content: unknown) => ({ model: 'quorum', messages: [{ role: 'user', content }] })

test('rule 13: a bad body is a 400 that names the field, and is not to be sent again', async () => {
  await using api = await openApi()
  const cases: [unknown, string | null][] = [
    ['{"model": ', null],
    ['[]', null],
    [{ messages: [] }, 'model'],
    [{ model: 'quorum', messages: [] }, 'messages'],
    [{ model: 'quorum', messages: [{ role: 'wizard', content: 'x' }] }, 'messages.0.role'],
    [{ model: 'quorum', messages: [{ role: 'user', content: 5 }] }, 'messages.0.content'],
    [{ model: 'quorum', input: 'x', metadata: { messages: 'y' } }, 'messages'],
    [{ model: 'quorum', input: [] }, 'input'],
    [asks(ASK, { stream: 'yes' }), 'stream'],
    [asks(ASK, { n: 2 }), 'n'],
    [asks(ASK, { logprobs: true }), 'logprobs'],
    [asks(ASK, { top_logprobs: 3 }), 'top_logprobs'],
    [asks(ASK, { functions: [] }), 'functions'],
    [asks(ASK, { function_call: 'auto' }), 'function_call'],
    [asks(ASK, { modalities: ['text', 'audio'] }), 'modalities'],
    [asks(ASK, { audio: { voice: 'x' } }), 'audio'],
    [asks(ASK, { metadata: { quorum: 'maybe' } }), 'metadata.quorum'],
    [user([{ type: 'text' }]), 'messages.0.content.0'],
    [
      user([
        { type: 'text', text: 'x' },
        { type: 'image_url', image_url: {} },
      ]),
      'messages.0.content.1',
    ],
    [user([{ type: 'input_audio', input_audio: {} }]), 'messages.0.content.0'],
    [user([{ type: 'file', file: {} }]), 'messages.0.content.0'],
  ]
  for (const [body, param] of cases) {
    const error = await errorOf(chat(api, body))
    const { status, retry, type } = error
    assert.deepEqual([status, retry, type], [400, 'false', 'invalid_request_error'], JSON.stringify(body))
    assert.equal(error.param, param, JSON.stringify(body))
  }
  assert.deepEqual(api.opened, [])
})

test('what cannot be done yet says what to do instead', async () => {
  await using api = await openApi()
  const { message } = await errorOf(chat(api, user([{ type: 'image_url', image_url: {} }])))
  assert.match(message, /a picture needs "image_url"/)
  const asResponse = { model: 'quorum', input: 'x', metadata: { messages: 'y' } }
  assert.match((await errorOf(chat(api, asResponse))).message, /send "messages"/)
})

test('null values, unknown keys, the developer role and text parts are accepted', async () => {
  await using api = await openApi()
  const response = await chat(api, {
    model: 'quorum',
    n: 1,
    logprobs: false,
    functions: null,
    max_tokens: null,
    metadata: null,
    cache_control: { type: 'ephemeral' },
    messages: [
      { role: 'developer', content: 'be brief' },
      { role: 'assistant', content: null, reasoning_content: 'hm', tool_calls: [] },
      { role: 'user', content: [{ type: 'text', text: 'hello', cache_control: {} }] },
    ],
  })
  assert.equal(response.status, 200)
  await response.text()
})

test('an unknown model is a 404 that lists the known ones', async () => {
  await using api = await openApi()
  const error = await errorOf(chat(api, asks(ASK, { model: 'gpt-4' })))
  assert.deepEqual([error.status, error.code, error.param], [404, 'model_not_found', 'model'])
  assert.match(error.message, /quorum, quorum-fast, quorum-max, quorum-chat, quorum@app/)
})

test('one model can be looked up, also one of a workspace that is not listed', async () => {
  await using api = await openApi()
  const model = async (id: string) =>
    jsonOf<{ id: string } & ErrorAnswer>(await fetch(`${api.url}/v1/models/${id}`))
  assert.equal((await model('quorum')).id, 'quorum')
  assert.equal((await model('quorum@team/below')).id, 'quorum@team/below')
  assert.equal((await model('quorum%40app')).id, 'quorum@app')
  assert.equal((await model('quorum@nowhere')).error.code, 'model_not_found')
  assert.equal((await model('gpt-4')).error.code, 'model_not_found')
})

test('unknown routes answer in the same form', async () => {
  await using api = await openApi()
  const error = await errorOf(fetch(`${api.url}/v1/images/generations`, { method: 'POST', body: '{}' }))
  assert.deepEqual([error.status, error.code, error.retry], [404, 'not_found', 'false'])
  assert.match(error.message, /POST \/v1\/images\/generations/)
})

test('a body beyond the limit is a 413, whether or not it says its length', async () => {
  await using api = await openApi({ bodyLimit: 2_000 })
  const big = JSON.stringify(asks('x'.repeat(3_000)))
  assert.equal((await errorOf(chat(api, big))).status, 413)
  const chunked = fetch(`${api.url}/v1/chat/completions`, {
    method: 'POST',
    body: ReadableStream.from([new TextEncoder().encode(big)]),
    duplex: 'half',
  })
  const error = await errorOf(chunked)
  assert.deepEqual([error.status, error.retry], [413, 'false'])
  assert.match(error.message, /2000 bytes/)
})

test('a full house is a 503 that says when there may be room, in words no client mistakes', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, maxTasks: 1 })
  const first = await ask(api, { stream: true })
  const second = await ask(api, { stream: true, model: 'quorum-max' })
  assert.equal(second.headers.get('retry-after'), '5')
  assert.equal(second.headers.get('x-ratelimit-remaining-requests'), '0')
  assert.equal(second.headers.get('x-ratelimit-reset-requests'), '5s')
  const error = await errorOf(Promise.resolve(second))
  assert.deepEqual([error.status, error.type, error.retry], [503, 'capacity_error', 'false'])
  assert.doesNotMatch(error.message, /overloaded/)
  play.end(verified)
  await first.text()
})

test('an upstream that is not ready is a 503 before the stream, and no task is started', async () => {
  await using api = await openApi({
    ready: async () => ({ ok: false, upstream: 'http://up', models: [], reason: 'connection refused' }),
  })
  const error = await errorOf(ask(api, { stream: true }))
  assert.deepEqual([error.status, error.type], [503, 'upstream_error'])
  assert.deepEqual(api.runner.list(), [])
  assert.equal((await fetch(`${api.url}/ready`)).status, 503)
  assert.equal((await fetch(`${api.url}/health`)).status, 200)
})

test('readiness is asked at most once in two seconds', async () => {
  const clock = handClock()
  let asked = 0
  const ready = async () => {
    asked += 1
    return { ok: true, upstream: 'http://up', models: ['a'], reason: null }
  }
  await using api = await openApi({ clock, ready })
  const look = async () => (await fetch(`${api.url}/ready`)).json()
  assert.deepEqual(await look(), { ok: true, upstream: 'http://up', models: ['a'], reason: null })
  await Promise.all([look(), look()])
  await clock.advance(1_999)
  await look()
  assert.equal(asked, 1)
  await clock.advance(1)
  await look()
  assert.equal(asked, 2)
})

test('a bug is a 500 without its details, and is told to whoever logs', async () => {
  const bugs: unknown[] = []
  const bug = new TypeError('secret detail')
  await using api = await openApi({
    onBug: (error) => bugs.push(error),
    ready: async () => {
      throw bug
    },
  })
  const error = await errorOf(ask(api))
  assert.deepEqual([error.status, error.message, error.type], [500, 'internal error', 'internal_error'])
  assert.deepEqual(bugs, [bug])
})

test('with a key set, everything but /health asks for it', async () => {
  await using api = await openApi({ apiKey: 'right' })
  const statusWith = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(`${api.url}${path}`, { headers })
    await response.text()
    return response.status
  }
  assert.equal(await statusWith('/health', {}), 200)
  for (const path of ['/ready', '/v1/models', '/api/task/none', '/nowhere']) {
    assert.equal(await statusWith(path, {}), 401, path)
  }
  const tries: [Record<string, string>, number][] = [
    [{ authorization: 'Bearer right' }, 200],
    [{ authorization: 'bearer right' }, 200],
    [{ 'x-api-key': 'right' }, 200],
    [{ authorization: 'Bearer wrong' }, 401],
    [{ authorization: 'Bearer right and longer' }, 401],
    [{ authorization: 'Bearer r' }, 401],
    [{ authorization: 'Bearer ' }, 401],
    [{ authorization: 'right' }, 401],
    [{ 'x-api-key': '' }, 401],
  ]
  for (const [headers, status] of tries) {
    assert.equal(await statusWith('/v1/models', headers), status, JSON.stringify(headers))
  }
  const error = await errorOf(fetch(`${api.url}/v1/models`))
  assert.deepEqual(
    [error.type, error.code, error.retry],
    ['authentication_error', 'invalid_api_key', 'false'],
  )
})

test('rule 20: a browser may ask from anywhere, with the headers the SDKs send', async () => {
  await using api = await openApi({ apiKey: 'right' })
  const preflight = await fetch(`${api.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://page.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    },
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  assert.match(preflight.headers.get('access-control-allow-methods')!, /GET,POST,DELETE,OPTIONS/)
  assert.match(
    preflight.headers.get('access-control-allow-headers')!,
    /authorization.*content-type.*x-stainless-lang/,
  )

  const refused = await fetch(`${api.url}/v1/models`, { headers: { origin: 'http://page.example' } })
  assert.equal(refused.status, 401)
  assert.equal(refused.headers.get('access-control-allow-origin'), '*')
  assert.match(refused.headers.get('access-control-expose-headers')!, /x-request-id,x-quorum-task/)
})

test('with origins listed, others get no permission', async () => {
  await using api = await openApi({ corsOrigins: ['http://mine.example'] })
  const allowed = async (origin: string) =>
    (await fetch(`${api.url}/health`, { headers: { origin } })).headers.get('access-control-allow-origin')
  assert.equal(await allowed('http://mine.example'), 'http://mine.example')
  assert.equal(await allowed('http://other.example'), null)
})

test('without a key, a page from elsewhere cannot start anything, not even by a form', async () => {
  await using api = await openApi({ corsOrigins: ['loopback'] })
  const from = (origin: string) =>
    fetch(`${api.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { origin, 'content-type': 'text/plain' },
      body: JSON.stringify(asks(ASK)),
    })
  const error = await errorOf(from('https://page.example'))
  assert.deepEqual([error.status, error.code, error.retry], [403, 'origin_not_allowed', 'false'])
  assert.match(error.message, /server\.corsOrigins/)
  for (const trick of ['http://localhost.page.example', 'http://127.0.0.1.page.example', 'null']) {
    assert.equal((await errorOf(from(trick))).status, 403, trick)
  }
  const own = await fetch(`${api.url}/health`, { headers: { origin: 'http://localhost:3000' } })
  assert.equal(own.headers.get('access-control-allow-origin'), 'http://localhost:3000')
})

test("every answer bears a request id, the caller's own if it has one", async () => {
  await using api = await openApi()
  assert.match((await fetch(`${api.url}/nowhere`)).headers.get('x-request-id')!, /^[\w-]{36}$/)
  const given = await fetch(`${api.url}/health`, { headers: { 'x-request-id': 'mine-1' } })
  assert.equal(given.headers.get('x-request-id'), 'mine-1')
  const stream = await ask(api, { stream: true, metadata: { quorum: 'direct' } })
  assert.ok(stream.headers.get('x-request-id'))
  await stream.text()
})
