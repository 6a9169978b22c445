import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelReply, ModelRequest } from '../../../src/cascade/ports.ts'
import type { Capability } from '../../../src/core/capability.ts'
import { planForm, schemaOf } from '../../../src/core/json-form.ts'
import { createCapabilities } from '../../../src/models/finding/capabilities.ts'
import { createModels } from '../../../src/models/client.ts'
import { openMeasuredSlots } from '../../../src/models/finding/measured-slots.ts'
import { startLlamaCpp } from '../../support/runtimes/llamacpp.ts'
import { startOllama } from '../../support/runtimes/ollama.ts'
import {
  startLiteLlm,
  startLmStudio,
  startSglang,
  startUnknown,
  startVllm,
} from '../../support/runtimes/others.ts'
import { schemaIn, type Body, type Runtime } from '../../support/runtimes/runtime.ts'

const never = new AbortController().signal
const GB = 1e9
const clock = { now: () => 0, sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }) }

const coder = { name: 'coder:7b', size: 4.7 * GB, capabilities: ['completion', 'vision'] }

const capabilityOf = ({ url }: Runtime, model: string, apiKey: string | null = null): Promise<Capability> =>
  createCapabilities({ clock }).of({ url, model, apiKey }, never)

const request: ModelRequest = {
  role: 'voter',
  tier: 'fast',
  messages: [{ role: 'user', content: 'K or T?' }],
  temperature: 0.7,
  seed: 7,
  maxTokens: 1,
  json: false,
  choices: ['K', 'T'],
}
const planning: ModelRequest = {
  ...request,
  role: 'planner',
  maxTokens: 500,
  choices: null,
  json: true,
  schema: schemaOf(planForm),
}

/** Asks the only model of a runtime, as the swarm does. */
function asking(t: TestContext, { url }: Runtime, model: string, apiKey: string | null = null) {
  const models = createModels({
    tiers: { fast: { model, url, apiKey, slots: 8 } },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock,
  })
  t.after(() => models.close())
  return async (more: Partial<ModelRequest> = {}): Promise<ModelReply> => {
    const call = models.call({ ...request, ...more }, never)
    for (;;) {
      const next = await call.next()
      if (next.done) return next.value
    }
  }
}

const last = ({ chats }: Runtime): Body => chats.at(-1)!

test('Ollama says what it can do: a schema, the window of what is loaded, pictures; not its slots', async (t) => {
  const ollama = await startOllama(t, [{ ...coder, loaded: 16_384 }])
  assert.partialDeepStrictEqual(await capabilityOf(ollama, 'coder:7b'), {
    server: 'ollama',
    version: '0.33.0',
    structured: 'schema',
    logprobs: true,
    slots: null,
    window: 16_384,
    reasoningField: 'reasoning',
    sees: 'word',
  })
  assert.equal(ollama.chats.length, 0)
})

test('whether a model calls tools is what its server says, and before that what the configuration says', async (t) => {
  const ollama = await startOllama(t, [
    { ...coder, capabilities: ['completion', 'tools'] },
    { ...coder, name: 'bare' },
  ])
  assert.equal((await capabilityOf(ollama, 'coder:7b')).tools, true)
  assert.equal((await capabilityOf(ollama, 'bare')).tools, false)
  const tier = { url: ollama.url, apiKey: null, slots: 1 }
  const models = createModels({
    tiers: {
      fast: { ...tier, model: 'coder:7b', tools: false },
      deep: { ...tier, model: 'bare', tools: true },
    },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock,
  })
  t.after(() => models.close())
  assert.equal((await models.capabilityOf!('fast', never)).tools, false)
  assert.equal((await models.capabilityOf!('deep', never)).tools, true)
})

test('of what Ollama has not loaded, the window is its Modelfile’s, or not known', async (t) => {
  const ollama = await startOllama(t, [
    { ...coder, parameters: 'stop "</s>"\nnum_ctx                        8192' },
    { ...coder, name: 'bare' },
  ])
  assert.equal((await capabilityOf(ollama, 'coder:7b')).window, 8_192)
  assert.equal((await capabilityOf(ollama, 'bare')).window, null)
})

test('what Ollama forwards to its cloud is held to no schema', async (t) => {
  const ollama = await startOllama(t, [{ ...coder, name: 'huge-cloud' }])
  assert.partialDeepStrictEqual(await capabilityOf(ollama, 'huge-cloud'), {
    structured: 'none',
    elsewhere: true,
    sees: null,
  })
})

test('what a context takes is computed from the shape Ollama tells', async (t) => {
  const shape = {
    'general.architecture': 'qwen2',
    'qwen2.block_count': 28,
    'qwen2.embedding_length': 3584,
    'qwen2.attention.head_count': 28,
    'qwen2.attention.head_count_kv': 4,
  }
  const ollama = await startOllama(t, [{ ...coder, model_info: shape }])
  // 28 layers, 4 heads of 128, keys and values, two bytes each
  assert.equal((await capabilityOf(ollama, 'coder:7b')).bytesPerToken, 57_344)
})

for (const { name, start, model, key, expected } of [
  {
    name: 'llama.cpp',
    start: (t: TestContext) => startLlamaCpp(t, { slots: 5, window: 12_000 }),
    model: 'model',
    expected: {
      server: 'llamacpp',
      structured: 'grammar',
      n: true,
      slots: 5,
      slotsFrom: 'word',
      window: 12_000,
      tools: true,
    },
  },
  {
    name: 'vLLM',
    start: (t: TestContext) => startVllm(t),
    model: 'org/coder',
    expected: { server: 'vllm', structured: 'schema', slots: null, window: 32_768, tools: false },
  },
  {
    name: 'SGLang',
    start: startSglang,
    model: 'org/coder',
    expected: { server: 'sglang', structured: 'schema', window: 16_384 },
  },
  {
    name: 'LM Studio',
    start: (t: TestContext) => startLmStudio(t),
    model: 'org/coder-7b',
    expected: {
      server: 'lmstudio',
      structured: 'schema',
      logprobs: false,
      slots: 2,
      window: 4_096,
      sees: null,
      tools: true,
    },
  },
  {
    name: 'LiteLLM',
    start: (t: TestContext) => startLiteLlm(t),
    model: 'fast-coder',
    key: 'dev-key',
    expected: { server: 'litellm', structured: 'schema', window: 16_384, sees: 'name', tools: true },
  },
  {
    name: 'somebody unknown',
    start: (t: TestContext) => startUnknown(t),
    model: 'something',
    expected: { server: 'openai', structured: 'none', slots: null, window: null, sees: null },
  },
] as const) {
  test(`${name} is known by what it says of itself, and no model is called for it`, async (t) => {
    const runtime = await start(t)
    assert.partialDeepStrictEqual(await capabilityOf(runtime, model, key ?? null), expected)
    assert.equal(runtime.chats.length, 0)
    assert.ok(!runtime.asked.includes('GET /health'), 'LiteLLM would call all its models')
  })
}

for (const { name, start, model, key, added } of [
  {
    name: 'Ollama',
    start: (t: TestContext) => startOllama(t, [coder]),
    model: 'coder:7b',
    added: { max_tokens: 8, reasoning_effort: 'none' },
  },
  {
    name: 'llama.cpp',
    start: (t: TestContext) => startLlamaCpp(t),
    model: 'model',
    added: { max_tokens: 1, grammar: 'root ::= "K" | "T"' },
  },
  {
    name: 'vLLM',
    start: (t: TestContext) => startVllm(t),
    model: 'org/coder',
    added: { guided_choice: ['K', 'T'] },
  },
  { name: 'SGLang', start: startSglang, model: 'org/coder', added: { regex: '(K|T)' } },
  {
    name: 'LM Studio',
    start: (t: TestContext) => startLmStudio(t),
    model: 'org/coder-7b',
    added: { max_tokens: 8 },
  },
  {
    name: 'LiteLLM',
    start: (t: TestContext) => startLiteLlm(t),
    model: 'fast-coder',
    key: 'dev-key',
    added: { max_tokens: 8 },
  },
]) {
  test(`a ballot at ${name} is one of the letters and nothing else, whatever it thinks first`, async (t) => {
    const runtime = await start(t)
    const { text, usage } = await asking(t, runtime, model, key ?? null)()
    assert.match(text, /^[KT]$/)
    assert.ok(usage.estimated)
    assert.partialDeepStrictEqual(last(runtime), added)
  })
}

test('a letter in quotes is weighed by the token that bears it', async (t) => {
  const ollama = await startOllama(t, [coder])
  assert.deepEqual((await asking(t, ollama, 'coder:7b')()).scores, { K: -0.2, T: -1.7 })
})

test('a plan is held to the form of plans wherever the server can, and to JSON elsewhere', async (t) => {
  const ollama = await startOllama(t, [coder])
  const reply = await asking(t, ollama, 'coder:7b')(planning)
  assert.equal(reply.finishReason, 'stop')
  assert.deepEqual(schemaIn(last(ollama)), planning.schema)
  const unknown = await startUnknown(t)
  await asking(t, unknown, 'something')(planning)
  assert.deepEqual(last(unknown)['response_format'], { type: 'json_object' })
})

test('a llama.cpp that cannot make a grammar of a form is asked for JSON, from then on at once', async (t) => {
  const runtime = await startLlamaCpp(t, { refusesSchema: true })
  const ask = asking(t, runtime, 'model')
  await ask(planning)
  await ask(planning)
  const formats = runtime.chats.map((body) => (schemaIn(body) ? 'schema' : body['response_format']))
  assert.deepEqual(formats, ['schema', { type: 'json_object' }, { type: 'json_object' }])
  // its ballots have a grammar of their own
  assert.equal((await ask()).text, 'T')
})

test('Ollama is told everything it would otherwise force or leave open', async (t) => {
  const ollama = await startOllama(t, [coder])
  await asking(t, ollama, 'coder:7b')({ choices: null, maxTokens: 99 })
  assert.deepEqual(ollama.understood, [{ temperature: 0.7, top_p: 1, num_predict: 99, think: true }])
})

test('an error in the middle of a 200 is a fault, and not a reply', async (t) => {
  const ollama = await startOllama(t, [coder], { breaks: 'llama runner terminated' })
  await assert.rejects(asking(t, ollama, 'coder:7b')({ choices: null }), /llama runner terminated/)
})

test('a full queue is said to be one', async (t) => {
  const ollama = await startOllama(t, [coder], { parallel: 0, queue: 0 })
  await assert.rejects(asking(t, ollama, 'coder:7b')({ choices: null }), /server busy/)
})

test('a server that does not answer is plain, and is asked again once it does', async (t) => {
  const capabilities = createCapabilities({ clock })
  const nowhere = { url: 'http://127.0.0.1:1023/v1', model: 'any', apiKey: null }
  assert.equal((await capabilities.of(nowhere, never)).server, 'openai')
  const ollama = await startOllama(t, [coder])
  assert.equal((await capabilities.of({ ...nowhere, url: ollama.url }, never)).server, 'ollama')
})

test('OpenAI’s own servers are known by their address, and asked nothing', async () => {
  const at = { url: 'https://api.openai.com/v1', model: 'gpt-5', apiKey: 'k' }
  assert.partialDeepStrictEqual(await createCapabilities({ clock }).of(at, never), {
    structured: 'schema',
    maxTokensField: 'max_completion_tokens',
  })
})

async function cache(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-measured-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

for (const { slots, quirks } of [
  { slots: 1, quirks: {} },
  { slots: 4, quirks: { parallel: 4, together: 4 } },
]) {
  test(`an Ollama with ${slots} slots is measured once, and again when its model is loaded anew`, async (t) => {
    const ollama = await startOllama(t, [{ ...coder, loaded: 4_096 }], quirks)
    const folder = await cache(t)
    const at = { url: ollama.url, model: 'coder:7b', apiKey: null }
    const fresh = () => createCapabilities({ clock, measured: openMeasuredSlots(folder) })
    assert.partialDeepStrictEqual(await fresh().measure(at, 60_000, never), { slots, slotsFrom: 'measured' })
    assert.equal(ollama.chats.length, 5)
    // another process, later
    assert.equal((await fresh().of(at, never)).slots, slots)
    ollama.models[0]!.loaded = 16_384
    assert.equal((await fresh().of(at, never)).slots, null)
    assert.equal(ollama.chats.length, 5)
  })
}

test('what was measured is forgotten with its file, damaged or gone', async (t) => {
  const folder = await cache(t)
  const place = { url: 'http://x/v1', model: 'm' }
  const measured = openMeasuredSlots(folder)
  assert.equal(await measured.find(place, 's'), null)
  await measured.keep(place, 's', 3)
  assert.deepEqual(await openMeasuredSlots(folder).find(place, 's'), { state: 's', slots: 3 })
  await writeFile(join(folder, 'measured-slots.json'), '{"half')
  assert.equal(await measured.find(place, 's'), null)
})

test('a server that refuses to be measured stays unknown, and is not tried at every start', async (t) => {
  const unknown = await startUnknown(t, () => true)
  const at = { url: unknown.url, model: 'something', apiKey: null }
  assert.equal((await createCapabilities({ clock }).measure(at, 60_000, never)).slots, null)
  const ollama = await startOllama(t, [{ ...coder, loaded: 4_096 }], { breaks: 'no' })
  const capabilities = createCapabilities({ clock })
  const there = { url: ollama.url, model: 'coder:7b', apiKey: null }
  assert.equal(await capabilities.isWorthMeasuring(there, never), true)
  await capabilities.measure(there, 60_000, never)
  assert.equal(await capabilities.isWorthMeasuring(there, never), false)
})
