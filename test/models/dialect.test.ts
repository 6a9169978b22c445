import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelReply, ModelRequest } from '../../src/cascade/ports.ts'
import { createModels } from '../../src/models/client.ts'

const never = new AbortController().signal

type Body = Record<string, unknown>
type Told = { refuses?: (body: Body) => boolean; logprobs?: unknown; text?: string; models?: unknown }

/** A server that says whose it is, and one token; remembers what it was asked. */
async function ownedBy(t: TestContext, owner: string, { refuses, logprobs, text, models }: Told = {}) {
  const bodies: Body[] = []
  let lists = 0
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      if (request.url === '/v1/models') lists += 1
      response.end(JSON.stringify(models ?? { data: [{ id: 'fast-coder', owned_by: owner }] }))
      return
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client sends an object
    const body = (await json(request)) as Body
    bodies.push(body)
    if (refuses?.(body)) {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: 'unknown field' } }))
      return
    }
    const delta = { content: text ?? 'K' }
    const chunk = { choices: [{ index: 0, delta, logprobs: logprobs ?? null, finish_reason: 'length' }] }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = createModels({
    tiers: { fast: { model: 'fast-coder', url: `http://127.0.0.1:${port}/v1`, apiKey: null, slots: 4 } },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock: { now: () => 0, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
  })
  t.after(async () => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const ask = async (more: Partial<ModelRequest> = {}): Promise<ModelReply> => {
    const call = client.call({ ...request, ...more }, never)
    for (;;) {
      const next = await call.next()
      if (next.done) return next.value
    }
  }
  return { ask, bodies, lists: () => lists }
}

const request: ModelRequest = {
  role: 'voter',
  tier: 'fast',
  messages: [{ role: 'user', content: 'K or T?' }],
  temperature: 0,
  seed: 7,
  maxTokens: 1,
  json: false,
  choices: ['K', 'T'],
}
const top = (entries: Record<string, number>) => ({
  content: [
    {
      token: 'K',
      logprob: -0.1,
      top_logprobs: Object.entries(entries).map(([token, logprob]) => ({ token, logprob })),
    },
  ],
})
const FREE = ['model', 'messages', 'stream', 'stream_options', 'max_tokens', 'temperature', 'top_p', 'seed']
const added = (body: Body | undefined): Body =>
  Object.fromEntries(Object.entries(body ?? {}).filter(([key]) => !FREE.includes(key)))

for (const { owner, expected } of [
  {
    owner: 'llamacpp',
    expected: { grammar: 'root ::= "K" | "T"', chat_template_kwargs: { enable_thinking: false } },
  },
  {
    owner: 'vllm',
    expected: {
      structured_outputs: { choice: ['K', 'T'] },
      guided_choice: ['K', 'T'],
      chat_template_kwargs: { enable_thinking: false },
    },
  },
  { owner: 'library', expected: {} },
]) {
  test(`${owner} is held to the choices as far as it can be, and asked what else it might have said`, async (t) => {
    const { ask, bodies, lists } = await ownedBy(t, owner)
    await ask()
    assert.deepEqual(added(bodies[0]), { ...expected, logprobs: true, top_logprobs: 5 })
    const asked = lists()
    assert.ok(asked > 0)
    await ask()
    assert.equal(lists(), asked, 'who it is is asked once')
  })
}

test('a request without choices asks for nothing of that', async (t) => {
  const { ask, bodies } = await ownedBy(t, 'llamacpp')
  const reply = await ask({ choices: null })
  assert.deepEqual(added(bodies[0]), {})
  assert.equal(reply.scores, null)
})

test('a server that refuses is asked again without, and never again with', async (t) => {
  const { ask, bodies } = await ownedBy(t, 'other', { refuses: (body) => body['logprobs'] === true })
  assert.equal((await ask()).text, 'K')
  assert.equal((await ask()).text, 'K')
  assert.deepEqual(
    bodies.map((body) => body['logprobs']),
    [true, undefined, undefined],
  )
})

test('a server that refuses for another reason keeps being asked with', async (t) => {
  let asked = 0
  const { ask, bodies } = await ownedBy(t, 'other', { refuses: () => (asked += 1) <= 2 })
  await assert.rejects(ask(), /unknown field/)
  await ask()
  assert.deepEqual(
    bodies.map((body) => body['logprobs']),
    [true, undefined, true],
  )
})

test('scores are the log-probabilities of the choices, with or without blanks around them', async (t) => {
  const { ask } = await ownedBy(t, 'vllm', { logprobs: top({ ' K': -0.9, K: -0.2, 'T\n': -1.8, The: -4 }) })
  assert.deepEqual((await ask()).scores, { K: -0.2, T: -1.8 })
})

for (const { name, logprobs } of [
  { name: 'one choice is missing', logprobs: top({ K: -0.2, The: -4 }) },
  { name: 'there are no alternatives', logprobs: { content: [{ token: 'K', logprob: -0.1 }] } },
  { name: 'there is no content', logprobs: { content: null } },
  {
    name: 'they have the shape of old completions',
    logprobs: { tokens: ['K'], token_logprobs: [-0.1], content: 'K' },
  },
  { name: 'they are left out', logprobs: null },
]) {
  test(`where ${name}, there are no scores, and the reply is read all the same`, async (t) => {
    const { ask } = await ownedBy(t, 'other', { logprobs })
    const reply = await ask()
    assert.equal(reply.scores, null)
    assert.equal(reply.text, 'K')
  })
}

test('a server whose list of models nobody can read is asked without a grammar', async (t) => {
  const { ask, bodies } = await ownedBy(t, 'llamacpp', { models: { data: 'none' } })
  await ask()
  assert.deepEqual(added(bodies[0]), { logprobs: true, top_logprobs: 5 })
})
