import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import {
  chunk,
  chatStream,
  COUNTS,
  deltasOf,
  DONE,
  eventsIn,
  HELLO,
  respond,
  sdkOf,
  typesOf,
} from './responses-events.ts'
import {
  asks,
  handClock,
  jsonOf,
  openApi,
  post,
  readerOf,
  until,
  type Api,
  type ErrorAnswer,
} from './server.ts'
import { openBefore, startUpstream } from './upstream.ts'

const TOOLS = [
  {
    type: 'function' as const,
    name: 'shell',
    description: 'runs a command',
    parameters: { type: 'object', properties: { command: { type: 'string' } } },
    strict: false,
  },
]
const call = (index: number, fn: object, id?: string): string =>
  chunk({ tool_calls: [{ index, ...(id === undefined ? {} : { id, type: 'function' }), function: fn }] })
const TWO_CALLS = [
  chunk({ role: 'assistant', content: null }),
  call(0, { name: 'shell', arguments: '' }, 'call_a'),
  call(0, { arguments: '{"command":' }),
  call(0, { arguments: '"ls"}' }),
  call(1, { name: 'shell', arguments: '{"command":"pwd"}' }, 'call_b'),
  chunk({}, 'tool_calls'),
  COUNTS,
  DONE,
]

/** An edge whose upstream streams these chunks. */
async function before(t: TestContext, ...chunks: string[]): Promise<Api> {
  const api = await openApi({ relayed: () => chatStream(...chunks) })
  t.after(() => api[Symbol.asyncDispose]())
  return api
}

/** The events of a direct turn. */
async function turn(t: TestContext, chunks: readonly string[], more: object = {}) {
  const response = await respond(await before(t, ...chunks), { input: 'hi there', stream: true, ...more })
  return eventsIn(await response.text())
}

test('plain conversation becomes the events of a response, thoughts and words apart', async (t) => {
  const events = await turn(t, HELLO)
  assert.deepEqual(typesOf(events), [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  assert.equal(deltasOf(events, 'response.output_text.delta'), 'hello')
  assert.deepEqual(events.at(-1)!.response!.usage, {
    input_tokens: 30,
    input_tokens_details: { cached_tokens: 8, cache_write_tokens: 0 },
    output_tokens: 12,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 42,
  })
})

test("openai's client reads a turn, streamed and whole", async (t) => {
  const asked = { model: 'quorum', input: 'hi there' }
  const whole = await sdkOf(await before(t, ...HELLO)).responses.create(asked)
  assert.equal(whole.output_text, 'hello')
  const types: string[] = []
  const sdk = sdkOf(await before(t, ...HELLO))
  for await (const { type } of await sdk.responses.create({ ...asked, stream: true })) types.push(type)
  assert.equal(types.at(-1), 'response.completed')
})

test("tool calls come as items of their own, and openai's helper puts them together", async (t) => {
  const model = 'quorum-chat'
  const events = await turn(t, TWO_CALLS, { model, tools: TOOLS })
  assert.deepEqual(typesOf(events).slice(2), [
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ])
  const stream = sdkOf(await before(t, ...TWO_CALLS)).responses.stream({
    model,
    input: 'hi there',
    tools: TOOLS,
  })
  const { output } = await stream.finalResponse()
  assert.deepEqual(
    output.map(
      (item) => item.type === 'function_call' && [item.call_id, item.name, item.arguments, item.status],
    ),
    [
      ['call_a', 'shell', '{"command":"ls"}', 'completed'],
      ['call_b', 'shell', '{"command":"pwd"}', 'completed'],
    ],
  )
})

test('calls that all have index 0, or no id, are told apart or named', async (t) => {
  const oneIndex = await turn(t, [
    call(0, { name: 'shell', arguments: '{"a":1}' }, 'x'),
    call(0, { name: 'shell', arguments: '{"b":2}' }, 'y'),
    chunk({}, 'tool_calls'),
  ])
  assert.deepEqual(callsIn(oneIndex), [
    ['x', '{"a":1}'],
    ['y', '{"b":2}'],
  ])
  const noId = await turn(t, [call(0, { name: 'shell', arguments: '{}' }), chunk({}, 'tool_calls')])
  assert.match(callsIn(noId)[0]![0]!, /^call_.+_0$/)
})

const callsIn = (events: ReturnType<typeof eventsIn>): string[][] =>
  events
    .at(-1)!
    .response!.output.flatMap((item) =>
      item.type === 'function_call' ? [[item.call_id, item.arguments]] : [],
    )

test('an agent turn is one step, and with one model where all its tools are left out', async (t) => {
  const api = await openApi({ relayed: () => chatStream(...HELLO) })
  t.after(() => api[Symbol.asyncDispose]())
  for (const [tools, kind] of [
    [TOOLS, 'step'],
    [[{ type: 'web_search' }], 'direct'],
    [[{ type: 'custom', name: 'apply_patch' }], 'direct'],
  ] as const) {
    const response = await respond(api, { tools, stream: true })
    assert.ok(response.headers.get('x-quorum-route')!.startsWith(`${kind}; an agent's turn`))
    await response.text()
  }
  assert.deepEqual(api.runner.list(), [])
})

test('a stream that breaks off, and one that complains, end as response.failed', async (t) => {
  const broken = await turn(t, HELLO.slice(0, 4))
  const { type, response } = broken.at(-1)!
  assert.equal(type, 'response.failed')
  assert.equal(response!.status, 'failed')
  assert.equal(response!.error!.code, 'server_error')
  assert.match(response!.error!.message, /without a finish_reason/)
  // a client keeps the items that are done, so half an item must not look done
  assert.equal(broken.filter((event) => event.type === 'response.output_item.done').length, 1)
  assert.deepEqual(
    response!.output.map((item) => 'status' in item && item.status),
    ['completed', 'incomplete'],
  )

  const error = {
    message: 'too long',
    type: 'invalid_request_error',
    param: null,
    code: 'context_length_exceeded',
  }
  const full = await turn(t, [HELLO[0]!, `data: ${JSON.stringify({ error })}\n\n`])
  assert.deepEqual(full.at(-1)!.response!.error, { code: 'context_length_exceeded', message: 'too long' })
})

test('what is no chat stream, and a call without a name, end as response.failed', async (t) => {
  for (const chunks of [
    ['data: <html>\n\n', chunk({}, 'stop')],
    ['data: {"choices":"none"}\n\n', chunk({}, 'stop')],
    [call(0, { arguments: '{}' }, 'x'), chunk({}, 'tool_calls')],
  ]) {
    assert.equal((await turn(t, chunks)).at(-1)!.type, 'response.failed')
  }
})

test('a turn that failed comes as an object that says so, to who did not ask for a stream', async (t) => {
  const response = await respond(await before(t, ...HELLO.slice(0, 4)), { input: 'hi there' })
  const object = await jsonOf<{ status: string; error: { message: string } }>(response)
  assert.equal(object.status, 'failed')
  assert.match(object.error.message, /without a finish_reason/)
})

test('an answer that was cut off is incomplete where the client set the limit, and says so in words where not', async (t) => {
  const cut = [chunk({ content: 'once upon' }), chunk({}, 'length'), DONE]
  const limited = (await turn(t, cut, { max_output_tokens: 4_000 })).at(-1)!
  assert.equal(limited.type, 'response.incomplete')
  assert.deepEqual(limited.response!.incomplete_details, { reason: 'max_output_tokens' })
  const free = await turn(t, cut)
  assert.equal(free.at(-1)!.type, 'response.completed')
  assert.match(deltasOf(free, 'response.output_text.delta'), /^once upon\n\n\[.*cut off: length\.\]$/)
})

test('tokens nobody counted are estimated from the text', async (t) => {
  const { usage } = (await turn(t, [chunk({ content: 'x'.repeat(350) }), chunk({}, 'stop'), DONE])).at(
    -1,
  )!.response!
  assert.equal(usage!.output_tokens, 100)
  assert.ok(usage!.input_tokens > 10)
  assert.equal(usage!.total_tokens, usage!.input_tokens + 100)
})

test('bytes cut anywhere, with CRLF, and without the last blank line or [DONE], are read the same', async (t) => {
  const text = [...HELLO.slice(0, 2), chunk({ content: '€😀' }), chunk({}, 'stop')]
    .join('')
    .replaceAll('\n', '\r\n')
  const whole = Buffer.from(`${text.trimEnd()}\r\n`)
  const parts: Uint8Array[] = []
  for (let from = 0; from < whole.length; from += 7) parts.push(whole.subarray(from, from + 7))
  const api = await openApi({ relayed: () => ({ ...chatStream(), body: ReadableStream.from(parts) }) })
  t.after(() => api[Symbol.asyncDispose]())
  const events = eventsIn(await (await respond(api, { input: 'hi there', stream: true })).text())
  assert.equal(deltasOf(events, 'response.output_text.delta'), '€😀')
  assert.equal(events.at(-1)!.type, 'response.completed')
})

test('long words are cut, so that each delta fits a line of 16 KiB', async (t) => {
  const long = '\u0001'.repeat(20_000)
  const events = await turn(t, [chunk({ content: long }), chunk({}, 'stop')])
  const deltas = events.filter(({ type }) => type === 'response.output_text.delta')
  assert.ok(deltas.every((event) => JSON.stringify(event).length < 16_384))
  assert.equal(deltasOf(events, 'response.output_text.delta'), long)
})

test('while the upstream is silent an event comes every ten seconds', async (t) => {
  const clock = handClock()
  const upstream = new TransformStream<string, string>()
  const writer = upstream.writable.getWriter()
  const body = upstream.readable.pipeThrough(new TextEncoderStream())
  const api = await openApi({ clock, relayed: () => ({ ...chatStream(), body }) })
  t.after(() => api[Symbol.asyncDispose]())
  const reader = readerOf(await respond(api, { input: 'hi there', stream: true }))
  await reader.until('response.in_progress')
  await clock.advance(10_000)
  await clock.advance(10_000)
  await reader.until('"sequence_number":3')
  assert.deepEqual(typesOf(eventsIn(reader.text())).slice(2), ['keepalive'])
  for (const part of HELLO) await writer.write(part)
  await writer.close()
  assert.equal(eventsIn(await reader.rest()).at(-1)!.type, 'response.completed')
  assert.equal(clock.sleepers(), 0)
})

test('the real relay: the upstream gets a chat, and is left when the client leaves', async (t) => {
  const upstream = await startUpstream(['fast-coder'], (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(HELLO[0]! + HELLO[2]!)
  })
  const api = await openBefore(t, upstream)
  const left = new AbortController()
  const init = { signal: left.signal }
  const reader = readerOf(await respond(api, { input: 'hi there', stream: true }, init))
  await reader.until('response.output_text.delta')
  const { route, body } = upstream.received[0]!
  assert.equal(route, 'POST /v1/chat/completions')
  const sent = JSON.parse(body.toString())
  assert.equal(sent.model, 'fast-coder')
  assert.equal(sent.stream, true)
  left.abort()
  await until(() => upstream.received[0]!.left, 'the upstream is left')
})

test('what an upstream refuses keeps its status, and what is no stream is said to be none', async (t) => {
  const upstream = await startUpstream(['fast-coder'], (_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end(
      '{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}',
    )
  })
  const api = await openBefore(t, upstream)
  const refused = await respond(api, { input: 'hi there' })
  assert.equal(refused.status, 400)
  assert.equal((await jsonOf<ErrorAnswer>(refused)).error.code, 'context_length_exceeded')

  await using plain = await openApi()
  const none = await respond(plain, { input: 'hi there' })
  assert.equal(none.status, 503)
  assert.match((await jsonOf<ErrorAnswer>(none)).error.message, /answered .* with application\/json/)
})

test("a model of the upstream's own answers under its own name", async (t) => {
  const upstream = await startUpstream(['fast-coder', 'tiny'], (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(HELLO.join(''))
  })
  const api = await openBefore(t, upstream)
  const response = await sdkOf(api).responses.create({ model: 'tiny', input: 'Fix the parser' })
  assert.equal(response.output_text, 'hello')
  assert.equal(response.model, 'tiny')
  assert.equal(JSON.parse(upstream.received[0]!.body.toString()).model, 'tiny')
  const unknown = await post(`${api.url}/v1/responses`, { ...asks(), model: 'nobody', input: 'hi' })
  assert.equal(unknown.status, 404)
})
