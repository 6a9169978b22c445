import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import type { Server } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { ModelReply, ModelRequest } from '../../src/cascade/ports.ts'
import { SwarmError } from '../../src/core/errors.ts'
import { createModels } from '../../src/models/client.ts'
import type { ModelOptions, TierModel } from '../../src/models/client.ts'
import { startScriptedModels } from '../support/scripted-models.ts'
import type { Script, ScriptedModels, ScriptedReply } from '../support/scripted-models.ts'

const never = new AbortController().signal

const request: ModelRequest = {
  role: 'coder',
  tier: 'fast',
  messages: [
    { role: 'system', content: 'You write code.' },
    { role: 'user', content: 'Say hello.' },
  ],
  temperature: 0.4,
  seed: 7,
  maxTokens: 100,
  json: false,
  choices: null,
}

/** Waits of the client, taken at a hundredth of their length. */
type Waits = number[]

function options(fast: TierModel, waits: Waits, more: Partial<ModelOptions> = {}): ModelOptions {
  return {
    tiers: { fast },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 3,
    clock: {
      now: () => performance.now(),
      async sleep(ms, signal) {
        waits.push(ms)
        await sleep(ms / 100, undefined, { signal })
      },
    },
    ...more,
  }
}

type Bench = { server: ScriptedModels; models: ReturnType<typeof createModels>; waits: Waits }

async function bench(
  t: TestContext,
  script: Script,
  more: Partial<ModelOptions> = {},
  tier: Partial<TierModel> = {},
): Promise<Bench> {
  const server = await startScriptedModels(script)
  const waits: Waits = []
  const fast = { model: 'fast-coder', url: server.url, apiKey: 'dev-key', slots: 4, ...tier }
  const models = createModels(options(fast, waits, more))
  t.after(async () => {
    await models.close()
    await server.close()
  })
  return { server, models, waits }
}

async function heard(
  models: Bench['models'],
  signal: AbortSignal,
  asked: Partial<ModelRequest> = {},
): Promise<{ reply: ModelReply; progress: number[] }> {
  const call = models.call({ ...request, ...asked }, signal)
  const progress: number[] = []
  for (;;) {
    const next = await call.next()
    if (next.done) return { reply: next.value, progress }
    progress.push(next.value)
  }
}

/** Ends when the server has seen every call end. */
async function settled(server: ScriptedModels): Promise<void> {
  for (let turn = 0; server.open() > 0; turn += 1) {
    assert.ok(turn < 4_000, 'the server still has an open call after twenty seconds')
    await sleep(5)
  }
}

const hello: ScriptedReply = { kind: 'text', text: 'Hello, world: grüße 👋' }
const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
const said = (content: string, finish: string | null = null): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })

test('a reply is the whole text, its progress only ever grows, and the tokens are the upstream’s count', async (t) => {
  const { server, models } = await bench(t, () => hello)
  const { reply, progress } = await heard(models, never)
  assert.deepEqual(reply, {
    text: 'Hello, world: grüße 👋',
    scores: null,
    finishReason: 'stop',
    usage: { promptTokens: 5, completionTokens: 4, reasoningTokens: 0, estimated: false },
  })
  assert.deepEqual(
    progress,
    [...new Set(progress)].toSorted((a, b) => a - b),
  )
  assert.equal(progress.at(-1), reply.text.length)
  await settled(server)
  assert.equal(server.calls[0]?.outcome, 'complete')
})

test('every knob is sent explicitly, with the key, and nothing from the environment', async (t) => {
  process.env['OPENAI_ORG_ID'] = 'org-secret'
  t.after(() => delete process.env['OPENAI_ORG_ID'])
  const { server, models } = await bench(t, () => hello)
  await heard(models, never)
  assert.deepEqual(server.calls[0]?.body, {
    model: 'fast-coder',
    messages: request.messages,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 100,
    temperature: 0.4,
    top_p: 1,
    seed: 7,
  })
  assert.equal(server.calls[0]?.headers['authorization'], 'Bearer dev-key')
  assert.equal(server.calls[0]?.headers['openai-organization'], undefined)
})

test('without a key no authorization is sent, whatever the environment holds', async (t) => {
  process.env['OPENAI_API_KEY'] = 'sk-secret'
  t.after(() => delete process.env['OPENAI_API_KEY'])
  const { server, models } = await bench(t, () => hello, {}, { apiKey: null })
  await heard(models, never)
  assert.equal(server.calls[0]?.headers['authorization'], undefined)
})

test('reasoning counts as progress and as tokens, and never gets into the text', async (t) => {
  const { models } = await bench(t, () => ({ kind: 'text', text: 'four', reasoning: 'two and two' }))
  const { reply, progress } = await heard(models, never)
  assert.equal(reply.text, 'four')
  assert.equal(progress.at(-1), 'two and two'.length + 'four'.length)
  assert.deepEqual(reply.usage, {
    promptTokens: 5,
    completionTokens: 4,
    reasoningTokens: 3,
    estimated: false,
  })
})

test('reasoning sent under both of its names is counted once', async (t) => {
  const both = event({ choices: [{ delta: { reasoning: '1234567', reasoning_content: '1234567' } }] })
  const { models } = await bench(t, () => ({ kind: 'raw', chunks: [both, said('x', 'stop')] }))
  const { reply, progress } = await heard(models, never)
  assert.equal(progress.at(-1), 8)
  assert.equal(reply.usage.reasoningTokens, 2)
})

test('prompt tokens that were ready from an earlier call are told as the upstream tells them', async (t) => {
  const counted = { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 7 } }
  const usage = event({ choices: [], usage: counted })
  const { models } = await bench(t, () => ({ kind: 'raw', chunks: [said('x', 'stop'), usage] }))
  const { reply } = await heard(models, never)
  assert.equal(reply.usage.cachedTokens, 7)
})

test('tokens the upstream does not count are estimated, and marked so', async (t) => {
  const { models } = await bench(t, () => ({ kind: 'text', text: 'x'.repeat(35), usage: false }))
  const { reply } = await heard(models, never)
  assert.deepEqual(reply.usage, {
    promptTokens: 8,
    completionTokens: 10,
    reasoningTokens: 0,
    estimated: true,
  })
})

test('comments, odd chunk borders, nulls and a missing [DONE] are all fine', async (t) => {
  const body = [
    ': ping\n\n',
    event({ choices: null, usage: null, error: null }),
    event({ choices: [] }),
    event({ choices: [{ delta: null }] }),
    said('grüße '),
    ': ping\n',
    said('👋'),
    event({ choices: [{ delta: { content: null }, finish_reason: 'stop' }] }),
  ].join('')
  const bytes = Buffer.from(body)
  const chunks = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, at) =>
    bytes.subarray(at * 3, at * 3 + 3),
  )
  const { models } = await bench(t, () => ({ kind: 'raw', chunks }))
  const { reply } = await heard(models, never)
  assert.equal(reply.text, 'grüße 👋')
  assert.equal(reply.finishReason, 'stop')
})

test('a last event without its blank line is read', async (t) => {
  const { models } = await bench(t, () => ({
    kind: 'raw',
    chunks: [said('yes'), said('', 'stop').trimEnd()],
  }))
  assert.equal((await heard(models, never)).reply.text, 'yes')
})

test('a server that keeps the line open after its finish_reason does not keep us', async (t) => {
  const server = createHttpServer((_, response) => void response.writeHead(200).write(said('done', 'stop')))
  const port = await listen(server)
  const fast = { model: 'fast-coder', url: `http://127.0.0.1:${port}/v1`, apiKey: null, slots: 1 }
  const models = createModels(options(fast, []))
  t.after(async () => {
    await models.close()
    await closed(server)
  })
  const { reply } = await heard(models, never)
  assert.partialDeepStrictEqual(reply, { text: 'done', finishReason: 'stop', usage: { estimated: true } })
})

for (const [given, finishReason] of [
  ['stop', 'stop'],
  ['length', 'length'],
  ['content_filter', 'other'],
] as const) {
  test(`finish_reason ${given} is told as ${finishReason}`, async (t) => {
    const { models } = await bench(t, () => ({ kind: 'text', text: 'x', finishReason: given }))
    assert.equal((await heard(models, never)).reply.finishReason, finishReason)
  })
}

const broken: Record<string, { reply: ScriptedReply; says: RegExp }> = {
  'that ends without a finish_reason': {
    reply: { kind: 'no-finish', text: 'half a reply' },
    says: /fast-coder .*after 12 characters without a finish_reason/,
  },
  'that is empty': { reply: { kind: 'raw', chunks: [] }, says: /after 0 characters without a finish_reason/ },
  'that is cut': { reply: { kind: 'cut', after: 'half a reply' }, says: /cut after 12 characters/ },
  'with an error object in it': {
    reply: {
      kind: 'error-in-stream',
      after: 'half',
      error: { message: 'out of memory', type: 'server_error' },
    },
    says: /after 4 characters: out of memory/,
  },
  'with Ollama’s bare error line in it': {
    reply: { kind: 'raw', chunks: [said('half'), '{"error": "llama runner process', ' has terminated"}\n'] },
    says: /after 4 characters: llama runner process has terminated/,
  },
  'with a bare error and no line end': {
    reply: { kind: 'raw', chunks: [said('half'), '{"error":"gone"}'] },
    says: /after 4 characters: gone/,
  },
  'with something in it that is no chunk': {
    reply: { kind: 'raw', chunks: ['data: {"choices": 3}\n\n'] },
    says: /no completion chunk: \{"choices": 3\}/,
  },
  'that is a web page': {
    reply: { kind: 'raw', chunks: ['<!doctype html><title>Sign in</title>\n'] },
    says: /without a finish_reason; it said: <!doctype html>/,
  },
}
for (const [what, { reply, says }] of Object.entries(broken)) {
  test(`a stream ${what} is a fault of the upstream, and is not tried again`, async (t) => {
    const { server, models } = await bench(t, () => reply)
    await assert.rejects(heard(models, never), { name: 'SwarmError', fault: 'upstream', message: says })
    await settled(server)
    assert.equal(server.calls.length, 1)
  })
}

for (const { status, fault } of [
  { status: 500, fault: 'upstream' },
  { status: 429, fault: 'overloaded' },
  { status: 503, fault: 'overloaded' },
  { status: 408, fault: 'timeout' },
]) {
  test(`a ${status} is tried three times, each wait longer than the one before`, async (t) => {
    const { server, models, waits } = await bench(t, () => ({ kind: 'status', status }))
    await assert.rejects(heard(models, never), { fault, message: new RegExp(`${status} after 3 tries`) })
    assert.equal(server.calls.length, 3)
    assert.equal(waits.length, 2)
    assert.ok(waits[0]! >= 250 && waits[1]! >= 2 * 250)
  })
}

test('an upstream that comes to itself is believed', async (t) => {
  const { server, models } = await bench(t, ({ index }) =>
    index < 2 ? { kind: 'status', status: 502 } : hello,
  )
  assert.equal((await heard(models, never)).reply.text, 'Hello, world: grüße 👋')
  assert.equal(server.calls.length, 3)
})

test('the wait the server asks for is the wait it gets', async (t) => {
  const { models, waits } = await bench(t, ({ index }) =>
    index === 0 ? { kind: 'status', status: 429, headers: { 'retry-after': '3' } } : hello,
  )
  await heard(models, never)
  assert.deepEqual(waits, [3_000])
})

test('a server that asks for an hour is not waited for', async (t) => {
  const { server, models, waits } = await bench(t, () => ({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '3600' },
  }))
  await assert.rejects(heard(models, never), { fault: 'overloaded' })
  assert.deepEqual({ calls: server.calls.length, waits }, { calls: 1, waits: [] })
})

for (const { status, says } of [
  { status: 400, says: /context window/ },
  { status: 401, says: /LITELLM_API_KEY.*tiers\.fast\.apiKey/ },
  { status: 403, says: /LITELLM_API_KEY/ },
  { status: 404, says: /fast-coder .*tiers\.fast\.model/ },
]) {
  test(`a ${status} is not tried again and says what to do`, async (t) => {
    const body = { error: { message: 'no, dev-key is wrong' } }
    const { server, models } = await bench(t, () => ({ kind: 'status', status, body }))
    await assert.rejects(heard(models, never), (failure) => {
      assert.ok(failure instanceof SwarmError)
      assert.equal(failure.fault, 'upstream')
      assert.match(failure.message, says)
      assert.ok(failure.message.includes(server.url))
      assert.ok(!inspect(failure).includes('dev-key'), 'the key would get into the log')
      return true
    })
    assert.equal(server.calls.length, 1)
  })
}

test('a port where nobody listens is tried three times and named', async (t) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/v1`
  const waits: Waits = []
  const models = createModels(options({ model: 'fast-coder', url, apiKey: null, slots: 1 }, waits))
  t.after(() => models.close())
  await assert.rejects(heard(models, never), {
    fault: 'upstream',
    message: new RegExp(`${url} did not answer \\(tried 3 times\\): .*ECONNREFUSED.*LITELLM_URL`),
  })
  assert.equal(waits.length, 2)
})

test('a server that refuses response_format is asked once more without, and then never again', async (t) => {
  const { server, models } = await bench(t, ({ body }) =>
    'response_format' in body ? { kind: 'status', status: 400 } : hello,
  )
  await heard(models, never, { json: true })
  await heard(models, never, { json: true })
  assert.deepEqual(
    server.calls.map(({ body }) => body['response_format']),
    [{ type: 'json_object' }, undefined, undefined],
  )
})

test('a 400 that has another reason does not cost us JSON', async (t) => {
  const { server, models } = await bench(t, ({ index }) =>
    index < 2 ? { kind: 'status', status: 400 } : hello,
  )
  await assert.rejects(heard(models, never, { json: true }), { fault: 'upstream' })
  await heard(models, never, { json: true })
  assert.deepEqual(
    server.calls.map(({ body }) => 'response_format' in body),
    [true, false, true],
  )
})

test('a model that does not stop is stopped, and its connection closed', async (t) => {
  const endless = Array.from({ length: 2_000 }, () => said('again and again '))
  const { server, models } = await bench(t, () => ({ kind: 'raw', chunks: endless }))
  const { reply } = await heard(models, never, { maxTokens: 20 })
  assert.equal(reply.finishReason, 'length')
  assert.ok(reply.text.length > 160 && reply.text.length < 32_000)
  await settled(server)
})

test('a model that never says anything is a timeout, and its connection is closed', async (t) => {
  const { server, models } = await bench(t, () => ({ kind: 'hang' }), { firstTokenTimeoutMs: 1_500 })
  await assert.rejects(heard(models, never), { fault: 'timeout', message: /1\.5 s while the first token/ })
  await settled(server)
  assert.deepEqual(
    server.calls.map((call) => call.outcome),
    ['closed-by-client'],
  )
})

test('headers and comments are not a first token', async (t) => {
  const { server, models } = await bench(t, () => ({ kind: 'hang', after: '' }), { firstTokenTimeoutMs: 100 })
  await assert.rejects(heard(models, never), { fault: 'timeout', message: /first token/ })
  await settled(server)
})

test('a model that falls silent is a timeout, and its connection is closed', async (t) => {
  const { server, models } = await bench(t, () => ({ kind: 'hang', after: 'so far' }), { idleTimeoutMs: 100 })
  await assert.rejects(heard(models, never), { fault: 'timeout', message: /0\.1 s while the next token/ })
  await settled(server)
  assert.equal(server.calls[0]?.outcome, 'closed-by-client')
})

test('a slow model that keeps talking is no timeout', async (t) => {
  const slow: ScriptedReply = { kind: 'text', text: 'one two three four five six seven eight', tokenMs: 200 }
  const { models } = await bench(t, () => slow, { idleTimeoutMs: 1_000 })
  assert.equal((await heard(models, never)).reply.text, slow.text)
})

test('an abort before the headers throws its reason and closes the connection', async (t) => {
  const { server, models } = await bench(t, () => ({ kind: 'hang' }))
  const task = new AbortController()
  const call = heard(models, task.signal)
  while (server.calls.length === 0) await sleep(5)
  task.abort(new Error('the user left'))
  await assert.rejects(call, /the user left/)
  await settled(server)
  assert.equal(server.calls[0]?.outcome, 'closed-by-client')
})

test('an abort in mid-stream throws its reason and closes the connection', async (t) => {
  const { server, models } = await bench(t, () => ({ kind: 'hang', after: 'so far' }))
  const task = new AbortController()
  const call = models.call(request, task.signal)
  await call.next()
  task.abort(new Error('the user left'))
  await assert.rejects(async () => {
    while (!(await call.next()).done);
  }, /the user left/)
  await settled(server)
  assert.equal(server.calls[0]?.outcome, 'closed-by-client')
})

test('an abort between two tries ends the wait', async (t) => {
  const { server, models, waits } = await bench(t, () => ({
    kind: 'status',
    status: 500,
    headers: { 'retry-after': '19' },
  }))
  const task = new AbortController()
  const call = heard(models, task.signal)
  while (waits.length === 0) await sleep(5)
  task.abort(new Error('the user left'))
  await assert.rejects(call, /the user left/)
  assert.equal(server.calls.length, 1)
})

test('a reader that stops listening closes the connection', async (t) => {
  const { server, models } = await bench(t, () => ({ kind: 'hang', after: 'so far' }))
  for await (const _ of models.call(request, never)) break
  await settled(server)
  assert.equal(server.calls[0]?.outcome, 'closed-by-client')
})

test('of twenty calls at once no more than the tier’s slots are ever open', async (t) => {
  let most = 0
  const { server, models } = await bench(t, () => {
    most = Math.max(most, server.open())
    return { kind: 'text', text: 'done', delayMs: 10 }
  })
  const replies = await Promise.all(Array.from({ length: 20 }, () => heard(models, never)))
  assert.equal(replies.length, 20)
  assert.equal(most, 4)
})

test('tiers that stand on one model share its slots', async (t) => {
  let most = 0
  const server = await startScriptedModels(() => {
    most = Math.max(most, server.open())
    return { kind: 'text', text: 'done', delayMs: 10 }
  })
  const one = { model: 'only', url: server.url, apiKey: null }
  const tiers = { fast: { ...one, slots: 3 }, deep: { ...one, slots: 1 }, reviewer: { ...one, slots: 2 } }
  const models = createModels(options(tiers.fast, [], { tiers }))
  t.after(async () => {
    await models.close()
    await server.close()
  })
  assert.deepEqual(models.tiers, ['fast', 'deep', 'reviewer'])
  const asked = Array.from({ length: 12 }, (_, at) => models.tiers[at % 3]!)
  await Promise.all(asked.map((tier) => heard(models, never, { tier })))
  assert.equal(most, 3)
})

test('a call that fails, and one that is given up while it waits, give their slots back', async (t) => {
  const { server, models } = await bench(
    t,
    ({ index }) => (index === 0 ? { kind: 'hang' } : hello),
    {},
    { slots: 1 },
  )
  const first = new AbortController()
  const second = new AbortController()
  const holding = heard(models, first.signal)
  while (server.calls.length === 0) await sleep(5)
  const waiting = heard(models, second.signal)
  second.abort(new Error('no longer needed'))
  await assert.rejects(waiting, /no longer needed/)
  first.abort(new Error('enough'))
  await assert.rejects(holding, /enough/)
  assert.equal((await heard(models, never)).reply.finishReason, 'stop')
  assert.equal(server.calls.length, 2)
})

test('a tier nobody configured is a bug, and no tier at all a fault', async (t) => {
  const { server, models } = await bench(t, () => hello)
  const fast = { model: 'fast-coder', url: server.url, apiKey: null, slots: 1 }
  assert.equal(models.modelOf('fast'), 'fast-coder')
  assert.throws(() => models.modelOf('cloud'), /cloud/)
  assert.throws(() => createModels(options(fast, [], { tiers: {} })), { fault: 'internal' })
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createHttpServer()
  const port = await listen(server)
  await closed(server)
  return port
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve))
