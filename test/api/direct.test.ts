import assert from 'node:assert/strict'
import { test } from 'node:test'
import OpenAI from 'openai'
import { SwarmError } from '../../src/core/errors.ts'
import {
  asks,
  bytes,
  chunksIn,
  contentOf,
  jsonOf,
  linesIn,
  openApi,
  post,
  readerOf,
  until,
  type Api,
  type ErrorAnswer,
} from './server.ts'

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'fast-coder',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`
const HELLO = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'hel' }), chunk({ content: 'lo' })]
const WHOLE = [...HELLO, chunk({}, 'stop'), 'data: [DONE]\n\n']

const sse = (...chunks: string[]) => ({
  status: 200,
  contentType: 'text/event-stream',
  body: bytes(...chunks),
})
const say = ({ url }: Api, more: object = {}, signal?: AbortSignal): Promise<Response> =>
  post(`${url}/v1/chat/completions`, asks('hi there', more), signal ? { signal } : {})

test('plain conversation goes to the cheapest tier, with only the model changed', async () => {
  await using api = await openApi()
  const body =
    '{ "model" : "quorum",\n "temperature": 0.70, "x": {"model": "mine"}, "messages": [{"role":"user","content":"hi \\u00e9"}] }'
  const response = await post(`${api.url}/v1/chat/completions`, body)
  assert.equal((await jsonOf<{ choices: unknown[] }>(response)).choices.length, 1)
  assert.equal(api.opened[0]!.tier, 'fast')
  assert.equal(api.opened[0]!.body, body.replace('"quorum"', '"fast-coder"'))
  assert.match(response.headers.get('x-quorum-route')!, /^direct; /)
  assert.deepEqual(api.runner.list(), [])
})

test('quorum-chat never starts the swarm, and agents get ordinary turns', async () => {
  await using api = await openApi()
  const tools = [{ type: 'function', function: { name: 'edit', parameters: {} } }]
  const fix = 'Fix the parser'
  await (await post(`${api.url}/v1/chat/completions`, asks(fix, { model: 'quorum-chat' }))).text()
  await (await post(`${api.url}/v1/chat/completions`, asks(fix, { tools }))).text()
  await (await post(`${api.url}/v1/chat/completions`, asks(fix, { metadata: { quorum: 'direct' } }))).text()
  const asked = api.opened.map(({ body }): { tools?: unknown } => JSON.parse(body))
  assert.deepEqual(
    asked.map(({ tools }) => tools),
    [undefined, tools, tools, tools, undefined],
  )
  assert.deepEqual(api.runner.list(), [])
})

test("the upstream's bytes come through as they are", async () => {
  await using api = await openApi({ relayed: () => sse(...WHOLE) })
  const response = await say(api, { stream: true })
  assert.match(response.headers.get('content-type')!, /text\/event-stream/)
  assert.equal(await response.text(), WHOLE.join(''))
})

test('bytes that arrive cut in the middle of lines and characters come through as they are', async () => {
  const whole = Buffer.from([...HELLO, chunk({ content: '€😀' }), ...WHOLE.slice(3)].join(''))
  const parts: Uint8Array[] = []
  for (let from = 0; from < whole.length; from += 7) parts.push(whole.subarray(from, from + 7))
  await using api = await openApi({ relayed: () => ({ ...sse(), body: ReadableStream.from(parts) }) })
  assert.equal(await (await say(api, { stream: true })).text(), whole.toString())
})

test('a stream that ends without a finish_reason ends with one error and no [DONE]', async () => {
  await using api = await openApi({ relayed: () => sse(...HELLO) })
  const text = await (await say(api, { stream: true })).text()
  assert.ok(text.startsWith(HELLO.join('')))
  const [error, ...more] = linesIn<ErrorAnswer>(text.slice(HELLO.join('').length))
  assert.deepEqual(more, [])
  assert.deepEqual(Object.keys(error!.error), ['message', 'type', 'param', 'code'])
  assert.equal(error!.error.type, 'upstream_error')
  assert.doesNotMatch(error!.error.message, /overloaded|aborted|connection reset/)
  assert.ok(!text.includes('[DONE]'))
})

test('a false [DONE] is not passed on', async () => {
  await using api = await openApi({ relayed: () => sse(...HELLO, 'data: [DONE]\n\n') })
  const text = await (await say(api, { stream: true })).text()
  assert.ok(!text.includes('[DONE]'))
  assert.match(text, /"type":"upstream_error"/)
})

test('an upstream that said [DONE] too soon is let go, however long it stays open', async () => {
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: [DONE]\n\n')),
    cancel: () => void (cancelled = true),
  })
  await using api = await openApi({ relayed: () => ({ ...sse(), body }) })
  assert.match(await (await say(api, { stream: true })).text(), /upstream_error/)
  assert.ok(cancelled)
})

test('the error is an event of its own, also behind one that lacks its empty line', async () => {
  await using api = await openApi({ relayed: () => sse(chunk({ content: 'hel' }).trimEnd(), '\n') })
  const text = await (await say(api, { stream: true })).text()
  assert.match(text, /\n\ndata: \{"error"/)
})

test('a line that was cut off is dropped, and the error stands alone', async () => {
  await using api = await openApi({ relayed: () => sse(...HELLO, 'data: {"id":"x","cho') })
  const text = await (await say(api, { stream: true })).text()
  assert.equal(contentOf(chunksIn(text).slice(0, 3)), 'hello')
  assert.equal(chunksIn(text).length, 4)
})

test('a connection that breaks in the middle ends with the same error', async () => {
  async function* broken() {
    yield new TextEncoder().encode(HELLO[0])
    throw new Error('ECONNRESET')
  }
  await using api = await openApi({ relayed: () => ({ ...sse(), body: ReadableStream.from(broken()) }) })
  const text = await (await say(api, { stream: true })).text()
  assert.match(text, /"type":"upstream_error"/)
  assert.ok(!text.includes('ECONNRESET'))
})

test('an error the upstream puts into its stream is its last word, and content that quotes an end is none', async () => {
  const error = 'data: {"error":{"message":"no memory","type":"x","param":null,"code":null}}\n\n'
  await using first = await openApi({ relayed: () => sse(...HELLO, error) })
  assert.equal(await (await say(first, { stream: true })).text(), [...HELLO, error].join(''))
  const quoting = chunk({ content: '{"finish_reason":"stop"}' })
  await using second = await openApi({ relayed: () => sse(quoting) })
  assert.match(await (await say(second, { stream: true })).text(), /"type":"upstream_error"/)
})

test('the openai SDK throws on a stream that broke off', async () => {
  await using api = await openApi({ relayed: () => sse(...HELLO) })
  const sdk = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'none' })
  const stream = await sdk.chat.completions.create({
    model: 'quorum',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  })
  await assert.rejects(async () => {
    for await (const chunk of stream) assert.ok(chunk.id)
  }, /finish_reason/)
})

test('what the upstream refuses is passed on with its status, in OpenAI form', async () => {
  const refused = async (status: number, text: string) => {
    await using api = await openApi({
      relayed: () => ({ status, contentType: 'application/json', body: bytes(text) }),
    })
    const response = await say(api)
    assert.equal(response.status, status)
    const { error } = await jsonOf<ErrorAnswer>(response)
    return { ...error, retry: response.headers.get('x-should-retry') }
  }
  assert.deepEqual(
    await refused(400, '{"error":{"message":"too long","type":"t","code":"context_length_exceeded"}}'),
    {
      message: 'too long',
      type: 't',
      param: null,
      code: 'context_length_exceeded',
      retry: 'false',
    },
  )
  assert.deepEqual(await refused(404, '{"error":"model not found"}'), {
    message: 'model not found',
    type: 'upstream_error',
    param: null,
    code: null,
    retry: 'false',
  })
  assert.match((await refused(502, '<html>Bad gateway</html>')).message, /answered 502: <html>/)
  assert.equal((await refused(429, '{"error":{"message":"slow down"}}')).retry, null)
})

test('a key that the upstream repeats is not passed on', async () => {
  await using api = await openApi({
    relayed: () => ({
      status: 401,
      contentType: 'application/json',
      body: bytes('{"error":{"message":"bad key sk-1"}}'),
    }),
  })
  const text = await (await say(api)).text()
  assert.ok(!text.includes('sk-1'))
})

test('an upstream that does not answer is a 503 before any byte', async () => {
  await using api = await openApi({
    relayed: () => {
      throw new SwarmError('upstream', 'nothing answers at http://up')
    },
  })
  const response = await say(api, { stream: true })
  assert.equal(response.status, 503)
  assert.equal(response.headers.get('x-should-retry'), 'false')
  const { error } = await jsonOf<ErrorAnswer>(response)
  assert.equal(error.message, 'nothing answers at http://up')
})

test('a client that hangs up before the headers aborts the upstream', async () => {
  await using api = await openApi({
    relayed: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  const leaving = new AbortController()
  const asked = say(api, { stream: true }, leaving.signal).catch(() => null)
  await until(() => api.opened.length === 1, 'the upstream is asked')
  leaving.abort()
  await asked
  await until(() => api.opened[0]!.signal.aborted, 'the upstream is told')
})

for (const contentType of ['text/event-stream', 'application/json']) {
  test(`a client that hangs up in the middle aborts the upstream (${contentType})`, async () => {
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(HELLO[0])),
      cancel: () => void (cancelled = true),
    })
    await using api = await openApi({ relayed: () => ({ status: 200, contentType, body }) })
    const leaving = new AbortController()
    await readerOf(await say(api, { stream: true }, leaving.signal)).until('assistant')
    leaving.abort()
    await until(() => cancelled && api.opened[0]!.signal.aborted, 'the upstream is told')
  })
}

test('a finished answer leaves the signal alone', async () => {
  await using api = await openApi({ relayed: () => sse(...WHOLE) })
  await (await say(api, { stream: true })).text()
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(api.opened[0]!.signal.aborted, false)
})
