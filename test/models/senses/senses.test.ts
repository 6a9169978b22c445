import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { SwarmError } from '../../../src/core/errors.ts'
import { createCatalogue } from '../../../src/models/catalogue.ts'
import { createModels, type ModelOptions } from '../../../src/models/client.ts'
import type { SenseWishes } from '../../../src/models/senses/find-sense.ts'
import { createSenses, type Senses } from '../../../src/models/senses/senses.ts'
import { realClock } from '../../api/server.ts'
import { aPicture, aRecording, PNG, uriOf, WAV } from '../../support/media.ts'
import { startSeeingUpstream, streamOf } from '../../support/seeing-upstream.ts'

const never = new AbortController().signal
type Upstream = Awaited<ReturnType<typeof startSeeingUpstream>>
type Says = Parameters<typeof startSeeingUpstream>[1]

const PROMPT = {
  messages: [
    { role: 'system' as const, content: 'You look.' },
    { role: 'user' as const, content: 'What is there?' },
  ],
  temperature: 0.1,
  maxTokens: 400,
  json: false,
}

/** The senses of a house whose tiers stand on this upstream. */
function open(
  t: TestContext,
  upstream: Upstream,
  { tiers = ['coder'], wishes = {} }: { tiers?: readonly string[]; wishes?: SenseWishes } = {},
): Senses {
  const [fast, deep] = tiers.map((model) => ({ model, url: upstream.url, apiKey: 'secret', slots: 1 }))
  const options: ModelOptions = {
    tiers: { ...(fast && { fast }), ...(deep && { deep }) },
    idleTimeoutMs: 5_000,
    firstTokenTimeoutMs: 5_000,
    tries: 1,
    clock: realClock,
  }
  const models = createModels(options)
  const senses = createSenses({ options, wishes, catalogue: createCatalogue(options), models })
  t.after(async () => {
    await senses.close()
    await models.close()
    await upstream.close()
  })
  return senses
}

/** Says that its models can do these things, as Ollama does. */
const ollama = (can: Readonly<Record<string, readonly string[]>>): Says => ({
  'GET /api/version': { version: '0.33.0' },
  'POST /api/show': (body) => {
    const { model }: { model: string } = JSON.parse(body)
    return { capabilities: can[model] ?? ['completion'] }
  },
})

const litellm = (infos: readonly object[]): Says => ({ 'GET /model/info': { data: infos } })

test("a server's own word finds the model that sees, a tier's own first", async (t) => {
  const table: { models: string[]; tiers?: string[]; says?: Says; sees: string | null }[] = [
    {
      models: ['llava', 'coder', 'odd'],
      says: ollama({ odd: ['vision'], llava: ['completion'] }),
      sees: 'odd',
    },
    {
      models: ['odd', 'coder', 'big'],
      tiers: ['coder', 'big'],
      says: ollama({ odd: ['vision'], big: ['vision'] }),
      sees: 'big',
    },
    {
      models: ['qwen3-vl:235b-cloud', 'coder'],
      says: ollama({ 'qwen3-vl:235b-cloud': ['vision'] }),
      sees: null,
    },
    { models: ['coder'], says: { 'GET /props': { modalities: { vision: true } } }, sees: 'coder' },
    {
      models: ['gemma-3-4b'],
      tiers: ['gemma-3-4b'],
      says: { 'GET /props': { modalities: { vision: false } } },
      sees: null,
    },
    {
      models: ['coder', 'eyes'],
      says: litellm([{ model_name: 'eyes', model_info: { supports_vision: true } }]),
      sees: 'eyes',
    },
    {
      models: ['coder', 'alias'],
      says: litellm([{ model_name: 'alias', litellm_params: { model: 'ollama_chat/qwen2.5vl:7b' } }]),
      sees: 'alias',
    },
    { models: ['coder', 'qwen/qwen2.5-vl-7b-instruct'], sees: 'qwen/qwen2.5-vl-7b-instruct' },
    { models: ['coder', 'gemma3:1b', 'qwen3-coder', 'gpt-3.5-turbo', 'vlad'], sees: null },
    { models: ['coder', 'gemma3:4b'], sees: 'gemma3:4b' },
  ]
  for (const { models, tiers = ['coder'], says, sees } of table) {
    const senses = open(t, await startSeeingUpstream(models, says), { tiers })
    assert.equal((await senses.find('picture', never))?.model ?? null, sees, models.join(' '))
  }
})

test('who writes down speech: a listed transcriber, or a model of Ollama that hears', async (t) => {
  const table: { models: string[]; says?: Says; hears: string | null }[] = [
    { models: ['coder', 'whisper-large-v3'], hears: 'whisper-large-v3' },
    { models: ['coder', 'gemma4'], says: ollama({ gemma4: ['vision', 'audio'] }), hears: 'gemma4' },
    {
      models: ['coder', 'ears'],
      says: litellm([{ model_name: 'ears', model_info: { mode: 'audio_transcription' } }]),
      hears: 'ears',
    },
    { models: ['coder', 'gpt-4o'], hears: null },
  ]
  for (const { models, says, hears } of table) {
    const senses = open(t, await startSeeingUpstream(models, says))
    assert.equal((await senses.find('recording', never))?.model ?? null, hears, models.join(' '))
  }
})

test('the configuration wins, and a key goes only to the server it is for', async (t) => {
  const transcribes = { 'POST /v1/audio/transcriptions': { text: 'fix it' } }
  const other = await startSeeingUpstream([], transcribes)
  t.after(() => other.close())
  const upstream = await startSeeingUpstream(['whisper', 'llava'], transcribes)
  const senses = open(t, upstream, {
    wishes: { vision: { model: 'mine' }, speech: { model: 'theirs', url: other.url.replace('/v1', '/') } },
  })
  assert.equal((await senses.find('picture', never))?.model, 'mine')
  assert.equal((await senses.transcribe(aRecording(), never)).model, 'theirs')
  assert.deepEqual([upstream.calls.length, other.calls.length, other.calls[0]?.key], [0, 1, undefined])
})

test('where nobody sees or hears, the advice names the lines and the command', async (t) => {
  const senses = open(t, await startSeeingUpstream(['coder']))
  assert.equal(await senses.find('picture', never), null)
  assert.match(senses.advice('picture'), /ollama pull qwen3-vl:8b/)
  assert.match(senses.advice('picture'), /\{"senses": \{"vision": \{"model": "qwen3-vl:8b", "url": "http/)
  assert.match(senses.advice('recording'), /\{"senses": \{"speech": \{"model":/)
  await assert.rejects(senses.describe(aPicture(), PROMPT, never), /no model that sees pictures/)
})

test('the model that sees gets the picture above the question; its thoughts are left out', async (t) => {
  const upstream = await startSeeingUpstream(['coder', 'llava'], {
    'POST /v1/chat/completions': () => streamOf('<think>hm</think>\nA red button.'),
  })
  const senses = open(t, upstream)
  const words = await senses.describe(aPicture(), PROMPT, never)
  assert.deepEqual([words.model, words.text], ['llava', 'A red button.'])
  assert.deepEqual([words.usage.promptTokens, words.usage.completionTokens], [700, 30])
  const [call] = upstream.to('POST /v1/chat/completions')
  const { model, messages }: { model: string; messages: unknown[] } = JSON.parse(call!.body)
  assert.equal(model, 'llava')
  assert.deepEqual(messages.at(-1), {
    role: 'user',
    content: [
      { type: 'image_url', image_url: { url: uriOf(PNG) } },
      { type: 'text', text: 'What is there?' },
    ],
  })
})

test('the model that hears gets the bytes as a file of their kind', async (t) => {
  const upstream = await startSeeingUpstream(['coder', 'whisper-1'], {
    'POST /v1/audio/transcriptions': { text: ' make it blue ', usage: { input_tokens: 9, output_tokens: 3 } },
  })
  const senses = open(t, upstream)
  const words = await senses.transcribe(aRecording(), never)
  assert.deepEqual(words, {
    model: 'whisper-1',
    text: 'make it blue',
    usage: { promptTokens: 9, completionTokens: 3, reasoningTokens: 0, estimated: false },
  })
  const [call] = upstream.to('POST /v1/audio/transcriptions')
  assert.equal(call!.key, 'Bearer secret')
  assert.match(call!.body, /name="model"\r\n\r\nwhisper-1\r\n/)
  assert.match(call!.body, /filename="recording\.wav"\r\nContent-Type: audio\/wav/)
  assert.ok(call!.body.includes(WAV.toString('latin1')))
})

test('who has looked at a picture with the same question in mind need not look again', async (t) => {
  const upstream = await startSeeingUpstream(['coder', 'llava', 'whisper-1'], {
    'POST /v1/chat/completions': () => streamOf('A red button.'),
    'POST /v1/audio/transcriptions': { text: 'make it blue' },
  })
  const senses = open(t, upstream)
  const first = await senses.describe(aPicture(), PROMPT, never)
  const again = await senses.describe(aPicture('Picture 2'), PROMPT, never)
  assert.equal(again.text, first.text)
  assert.deepEqual([again.usage.promptTokens, again.usage.completionTokens], [0, 0])
  await senses.describe(aPicture(), { ...PROMPT, messages: PROMPT.messages.slice(1) }, never)
  assert.equal(upstream.to('POST /v1/chat/completions').length, 2)
  await senses.transcribe(aRecording(), never)
  await senses.transcribe(aRecording(), never)
  assert.equal(upstream.to('POST /v1/audio/transcriptions').length, 1)
})

test('a model that fails, or says nothing, is a fault that names it', async (t) => {
  const upstream = await startSeeingUpstream(['coder', 'llava', 'whisper-1'], {
    'POST /v1/audio/transcriptions': () => 500,
    'POST /v1/chat/completions': () => streamOf(' '),
  })
  const senses = open(t, upstream)
  const faultOf = (promise: Promise<unknown>, pattern: RegExp): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof SwarmError && error.fault === 'upstream')
      assert.match(error.message, pattern)
      return true
    })
  await faultOf(senses.transcribe(aRecording(), never), /whisper-1 at http.* answered 500 for Recording 1/)
  await faultOf(senses.describe(aPicture(), PROMPT, never), /llava says nothing about Picture 1/)
})
