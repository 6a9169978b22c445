import assert from 'node:assert/strict'
import { test } from 'node:test'
import type OpenAI from 'openai'
import type { z } from 'zod'
import { chatChunks, chatCompletion } from '../../src/api/chunks.ts'
import { SwarmError } from '../../src/core/errors.ts'
import { happyEvents, verified } from '../core/sample-story.ts'
import { ChatCompletion, ChatCompletionChunk, ErrorObject, Model, ModelList } from './published-schema.ts'
import { ASK, ask, asks, bytes, linesIn, openApi, post, stage, type Api } from './server.ts'

// the compiler compares the schemas with OpenAI's own types: what ours take must be what theirs describe
const completionOf = (value: z.infer<typeof ChatCompletion>): OpenAI.ChatCompletion => value
const chunkOf = (value: z.infer<typeof ChatCompletionChunk>): OpenAI.ChatCompletionChunk => value
const modelOf = (value: z.infer<typeof Model>): OpenAI.Model => value

const ENDINGS = { verified, 'no model in time': new SwarmError('timeout', 'no model answered in time') }

async function told(how: keyof typeof ENDINGS, more: object): Promise<{ text: string; response: Response }> {
  const play = stage()
  play.tell(...happyEvents)
  play.end(ENDINGS[how])
  await using api = await openApi({ cascade: play.cascade })
  const response = await ask(api, more)
  return { response, text: await response.text() }
}

for (const how of ['verified', 'no model in time'] as const) {
  test(`every chunk of a task is valid (${how})`, async () => {
    const { text } = await told(how, { stream: true, stream_options: { include_usage: true } })
    const chunks = linesIn<unknown>(text).map((chunk) => chunkOf(ChatCompletionChunk.parse(chunk)))
    assert.equal(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size, 1)
    assert.deepEqual(chunks[0]!.choices[0]!.delta, { role: 'assistant', content: '' })
    assert.deepEqual(chunks.at(-1)!.choices, [])
    assert.ok(chunks.at(-1)!.usage)
    assert.deepEqual(chunks.at(-2)!.choices[0], {
      index: 0,
      delta: {},
      logprobs: null,
      finish_reason: 'stop',
    })
    // usage on any other chunk costs some clients its text, and so do two kinds of text in one
    assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null))
    for (const { choices } of chunks.slice(0, -1)) {
      assert.equal(choices.length, 1)
      assert.ok(Object.keys(choices[0]!.delta).filter((key) => key !== 'role').length <= 1)
    }
    assert.ok(text.endsWith('\n\ndata: [DONE]\n\n'))
  })

  test(`without usage asked for, no chunk has it, and none is without a choice (${how})`, async () => {
    const { text } = await told(how, { stream: true })
    for (const chunk of linesIn<unknown>(text).map((line) => ChatCompletionChunk.parse(line))) {
      assert.equal(chunk.usage ?? null, null)
      assert.equal(chunk.choices.length, 1)
    }
  })

  test(`the object of a task is valid (${how})`, async () => {
    const { text, response } = await told(how, {})
    const answer = completionOf(ChatCompletion.parse(JSON.parse(text)))
    assert.equal(answer.usage!.prompt_tokens + answer.usage!.completion_tokens, answer.usage!.total_tokens)
    assert.match(response.headers.get('content-type')!, /^application\/json/)
  })
}

test('the list of models and each model are valid, also of an upstream that says nothing but a name', async () => {
  const llama = { id: 'llama3', created: null, ownedBy: null, tier: 'fast', makes: 'text' } as const
  await using api = await openApi({ catalogue: { all: async () => [llama], find: async () => llama } })
  const list = ModelList.parse(await (await fetch(`${api.url}/v1/models`)).json())
  assert.equal(list.data.at(-1)!.id, 'llama3')
  for (const { id } of list.data) {
    const model = modelOf(Model.parse(await (await fetch(`${api.url}/v1/models/${id}`)).json()))
    assert.equal(model.id, id)
  }
})

test('an answer by tool calls is valid, as a stream and as an object', async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  await (await ask(api)).text()
  const task = api.runner.get('t1')!
  const call = { id: 'call_t1_0', name: 'edit', arguments: JSON.stringify({ text: 'x'.repeat(9_000) }) }
  const form = {
    model: 'quorum',
    includeUsage: true,
    statuses: false,
    present: () => ({ text: '', calls: [call] }),
  }
  const never = new AbortController().signal

  const [, whole = ''] = await Array.fromAsync(chatCompletion(task, form, api.services, never))
  const { message, finish_reason } = completionOf(ChatCompletion.parse(JSON.parse(whole))).choices[0]!
  assert.equal(finish_reason, 'tool_calls')
  const { id, name, arguments: given } = call
  assert.deepEqual(message.tool_calls, [{ id, type: 'function', function: { name, arguments: given } }])

  const lines = await Array.fromAsync(chatChunks(task, form, api.services, never))
  assert.ok(lines.every((line) => Buffer.byteLength(line) <= 16 * 1024))
  const chunks = linesIn<unknown>(lines.join('')).map((chunk) => chunkOf(ChatCompletionChunk.parse(chunk)))
  const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
  assert.equal(deltas.map((delta) => delta.function?.arguments ?? '').join(''), given)
  assert.deepEqual([deltas[0]!.id, deltas[0]!.function!.name, deltas[0]!.index], [id, name, 0])
  assert.equal(chunks.at(-2)!.choices[0]!.finish_reason, 'tool_calls')
})

const chat = ({ url }: Api, body: unknown): Promise<Response> => post(`${url}/v1/chat/completions`, body)

/** One way to each status there is before the first byte. */
const REFUSALS: Record<string, { status: number; ask: () => Promise<{ response: Response; text: string }> }> =
  {
    'no JSON': { status: 400, ask: () => from({}, (api) => chat(api, '{')) },
    'a field out of range': {
      status: 400,
      ask: () => from({}, (api) => chat(api, asks('x', { temperature: 9 }))),
    },
    'no key': { status: 401, ask: () => from({ apiKey: 'right' }, (api) => chat(api, asks())) },
    'no model called so': {
      status: 404,
      ask: () => from({}, ({ url }) => fetch(`${url}/v1/models/nothing`)),
    },
    'a full house': {
      status: 503,
      ask: () => from({ maxTasks: 0 }, (api) => ask(api)),
    },
    'a response without input': {
      status: 400,
      ask: () => from({}, ({ url }) => post(`${url}/v1/responses`, { model: 'quorum' })),
    },
    'a response of no such model': {
      status: 404,
      ask: () => from({}, ({ url }) => post(`${url}/v1/responses`, { model: 'gpt-4', input: 'x' })),
    },
    'a response in a full house': {
      status: 503,
      ask: () =>
        from({ maxTasks: 0 }, ({ url }) => post(`${url}/v1/responses`, { model: 'quorum', input: ASK })),
    },
    'no prompt': {
      status: 400,
      ask: () => from({}, ({ url }) => post(`${url}/v1/completions`, { model: 'quorum-fast' })),
    },
    'no task': { status: 404, ask: () => from({}, ({ url }) => fetch(`${url}/api/task/none`)) },
    'a foreign page': {
      status: 403,
      ask: () =>
        from({ corsOrigins: [] }, ({ url }) =>
          fetch(`${url}/v1/models`, { headers: { origin: 'http://x.example' } }),
        ),
    },
    'no such route': { status: 404, ask: () => from({}, ({ url }) => fetch(`${url}/v1/nothing`)) },
    'no such model': { status: 404, ask: () => from({}, (api) => chat(api, asks('x', { model: 'gpt-4' }))) },
    'too large': {
      status: 413,
      ask: () => from({ bodyLimit: 100 }, (api) => chat(api, asks('x'.repeat(200)))),
    },
    'a bug': {
      status: 500,
      ask: () => from({ ready: () => Promise.reject(new TypeError('oops')) }, (api) => ask(api)),
    },
    'no upstream': {
      status: 503,
      ask: () =>
        from({ ready: async () => ({ ok: false, upstream: 'u', models: [], reason: null }) }, (api) =>
          ask(api),
        ),
    },
    'an upstream’s web page': {
      status: 502,
      ask: () =>
        from({ relayed: () => ({ status: 502, contentType: 'text/html', body: bytes('<html>') }) }, (api) =>
          chat(api, asks('hello')),
        ),
    },
  }

async function from(options: Parameters<typeof openApi>[0], asked: (api: Api) => Promise<Response>) {
  await using api = await openApi(options)
  const response = await asked(api)
  return { response, text: await response.text() }
}

for (const [what, { status, ask }] of Object.entries(REFUSALS)) {
  test(`a ${status} is an error object with its four fields and a request id (${what})`, async () => {
    const { response, text } = await ask()
    assert.equal(response.status, status)
    const { error } = ErrorObject.parse(JSON.parse(text))
    assert.doesNotMatch(error.type, /server_error|rate_limit/)
    assert.doesNotMatch(error.message, /overloaded|aborted|connection reset/i)
    assert.ok(response.headers.get('x-request-id'))
    assert.match(response.headers.get('content-type')!, /^application\/json/)
    // an upstream may be back in a moment; what is wrong with us or with the request stays wrong
    assert.equal(response.headers.get('x-should-retry'), status === 502 ? null : 'false')
  })
}
