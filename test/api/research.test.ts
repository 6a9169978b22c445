import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { ModelRequest, Models } from '../../src/cascade/ports.ts'
import { createTools } from '../../src/codebase/tools/tools.ts'
import { SwarmError } from '../../src/core/errors.ts'
import type { Privacy } from '../../src/core/privacy/policy.ts'
import type { Usage } from '../../src/core/task.ts'
import { createModels } from '../../src/models/client.ts'
import { createRelay } from '../../src/models/relay.ts'
import { makeRepository } from '../support/repository.ts'
import { serve } from '../workspace/served-scene.ts'
import { ChatCompletion, ChatCompletionChunk } from './published-schema.ts'
import {
  asks,
  bytes,
  contentOf,
  jsonOf,
  linesIn,
  openApi,
  post,
  reasoningOf,
  until,
  type Api,
  type ApiOptions,
  type Chunk,
} from './server.ts'
import { startUpstream, tiersOn } from './upstream.ts'

const QUESTION = 'How does the checkout of this project work?'
const FILES = {
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `src/checkout${at}.ts`,
      `// the checkout\nexport const checkout${at} = ${at}\n`.repeat(20),
    ]),
  ),
  'lib/rates.ts': '// rates\nexport function levy(price: number) {\n  return price * 1.19\n}\n',
  'private/plan.ts': "import { levy } from '../lib/rates.ts'\nexport const hush = levy(1)\n",
}

type Scene = Api & { readonly asked: ModelRequest[] }
type Reply = string | Error

/** The real edge and the real tools over a real folder, before a model that replies so when it is asked what it wants to see. */
async function scene(
  t: TestContext,
  replies: readonly Reply[],
  more: ApiOptions = {},
  usage: Usage = NOTHING,
): Promise<Scene> {
  const repository = await makeRepository(FILES)
  const workspaces = await serve({ app: repository.path })
  const asked: ModelRequest[] = []
  const call: Models['call'] = async function* (request) {
    asked.push(request)
    const reply = replies[asked.length - 1] ?? assert.fail('nobody should have asked again')
    if (reply instanceof Error) throw reply
    yield reply.length
    return { text: reply, scores: null, finishReason: 'stop', usage }
  }
  const codebase = { map: async () => null }
  const withheld = { patterns: [], isPrivate: () => false, filesIn: async () => [] }
  const tools = createTools({ workspaces: workspaces.service, codebase, withheld })
  const api = await openApi({
    workspaces: workspaces.service,
    tools: tools.inside,
    limits: { contextCharacters: 4_000 },
    models: { tiers: ['fast'], modelOf: () => 'fast-coder', call },
    relayed: ({ body }) => {
      const { stream } = JSON.parse(body)
      return stream
        ? { status: 200, contentType: 'text/event-stream', body: bytes(STREAMED) }
        : { status: 200, contentType: 'application/json', body: bytes(OBJECT) }
    },
    ...more,
  })
  t.after(async () => {
    await api[Symbol.asyncDispose]()
    await tools.close()
    await workspaces[Symbol.asyncDispose]()
    await repository[Symbol.asyncDispose]()
  })
  return { ...api, asked }
}

const NOTHING = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, estimated: true }
const SAID = 'See lib/rates.ts:2 and lib/rates.ts:9.'
const MARKED = 'See lib/rates.ts:2 and lib/rates.ts:9 (no such line).'
const HEAD = { id: 'c1', created: 1, model: 'fast-coder' }
const STREAMED = [
  ...[{ content: SAID }, {}].map((delta, at) => {
    const choices = [{ index: 0, delta, finish_reason: at === 1 ? 'stop' : null }]
    return `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices })}\n\n`
  }),
  'data: [DONE]\n\n',
].join('')
const OBJECT = JSON.stringify({
  ...HEAD,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: SAID, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
})

const wants = (...calls: readonly [tool: string, given: object][]): string =>
  JSON.stringify({ calls: calls.map(([tool, given]) => ({ tool, arguments: given })) })
const LEVY = wants(['find_references', { name: 'levy' }])

const chat = ({ url }: Api, more: object = {}): Promise<Response> =>
  post(`${url}/v1/chat/completions`, asks(QUESTION, more))
const guideIn = ({ opened }: Api): string => String(JSON.parse(opened.at(-1)!.body).messages[0].content)

test('a file that nobody had chosen is found, told as a thought, and put before the model that answers', async (t) => {
  const api = await scene(t, [LEVY, LEVY])
  const streamed = await (await chat(api, { stream: true })).text()
  const chunks = linesIn<Chunk>(streamed)
  for (const one of chunks) ChatCompletionChunk.parse(one)
  assert.equal(reasoningOf(chunks), 'looks for levy\n')
  assert.equal(contentOf(chunks), MARKED)
  assert.ok(streamed.endsWith('data: [DONE]\n\n'))
  assert.match(
    guideIn(api),
    /``` find_references \{"name":"levy"\}\n[\s\S]*lib\/rates\.ts[\s\S]*levy\(price: number\)/,
  )
  const [first] = api.asked
  assert.equal(api.asked.length, 1)
  assert.equal(first!.role, 'chat')
  assert.match(JSON.stringify(first!.schema), /find_references/)
  assert.doesNotMatch(JSON.stringify(first), /run_tests|levy/)
  assert.ok(first!.messages[1]!.content.includes(QUESTION))
  const whole = ChatCompletion.parse(await jsonOf(await chat(api)))
  assert.equal(whole.choices[0]!.message.content, MARKED)
})

test('who asks for care lets the model look twice, and the second look knows what the first has shown', async (t) => {
  const read = wants(
    ['read_file', { path: 'lib/rates.ts', start: 2, end: 3 }],
    ['read_file', { path: 'nowhere.ts' }],
  )
  const api = await scene(t, [LEVY, read])
  const chunks = linesIn<Chunk>(await (await chat(api, { stream: true, reasoning_effort: 'high' })).text())
  assert.equal(reasoningOf(chunks), 'looks for levy\nreads lib/rates.ts from line 2, reads nowhere.ts\n')
  assert.match(api.asked[1]!.messages[1]!.content, /levy\(price: number\)/)
  assert.match(
    guideIn(api),
    /find_references[\s\S]*``` lib\/rates\.ts\n2\| export function levy[\s\S]*there is no file nowhere\.ts/,
  )
})

test('who asks for nothing, or not in JSON, or fails, costs one call, and the answer is the usual one', async (t) => {
  const fails = new SwarmError('upstream', 'down')
  const others = wants(['run_tests', {}], ['solve', { task: 'x' }], ['no_such', {}])
  // not one of them is called: a tool that is would look something up
  const api = await scene(t, ['{"calls": []}', 'I would look at the code.', fails, others])
  const usual: string[] = []
  for (let asked = 1; asked <= 4; asked += 1) {
    const text = await (await chat(api, { stream: true })).text()
    assert.equal(api.asked.length, asked)
    assert.equal(contentOf(linesIn<Chunk>(text)), MARKED)
    assert.equal(reasoningOf(linesIn<Chunk>(text)), '')
    usual.push(guideIn(api))
  }
  await (await chat(api, { stream: true, reasoning_effort: 'low' })).text()
  assert.equal(api.asked.length, 4)
  assert.deepEqual(new Set([...usual, guideIn(api)]).size, 1)
})

test('over the wire, the model is asked for JSON, and its answer follows from the same server', async (t) => {
  const upstream = await startUpstream(['fast-coder'], ({ route, body }, response) => {
    if (route !== 'POST /v1/chat/completions') return response.writeHead(404).end()
    const isAnswer = JSON.parse(body.toString()).response_format === undefined
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    return response.end(isAnswer ? STREAMED : STREAMED.replace(JSON.stringify(SAID), JSON.stringify(LEVY)))
  })
  const options = tiersOn({ fast: upstream.url })
  const [models, relay] = [createModels(options), createRelay(options)]
  t.after(async () => {
    await models.close()
    await relay.close()
    await upstream.close()
  })
  const api = await scene(t, [], { models, relay })
  const chunks = linesIn<Chunk>(await (await chat(api, { stream: true })).text())
  assert.equal(reasoningOf(chunks), 'looks for levy\n')
  assert.equal(contentOf(chunks), MARKED)
  const chats = upstream.received.filter(({ route }) => route === 'POST /v1/chat/completions')
  const [asked, answered] = chats.map(({ body }) => body.toString())
  assert.equal(chats.length, 2)
  // the strictest that this server is known to take
  assert.match(asked!, /"max_tokens":700,.*"response_format":\{"type":"json_object"\}/)
  assert.match(answered!, /levy\(price: number\)/)
})

test('a server that is busy is not asked first', async (t) => {
  const api = await scene(t, [], { freeSlot: () => null })
  await (await chat(api)).text()
  assert.equal(api.opened.length, 1)
})

test('what is looked up is cut to its room, and no file is shown that must not leave', async (t) => {
  const cloud: Privacy = {
    policy: 'prefer-local',
    placeOf: () => 'cloud',
    isPrivate: (path) => path.startsWith('private/'),
  }
  const calls = wants(
    ['read_file', { path: './private/plan.ts' }],
    ['find_references', { name: 'levy' }],
    ['find_references', { name: 'checkout' }],
    ['git_diff', { show: 'log' }],
  )
  const api = await scene(t, [calls], { privacy: cloud })
  const whole = ChatCompletion.parse(await jsonOf(await chat(api)))
  assert.match(whole.choices[0]!.message.content!, /was not shown a private file of this workspace\.$/)
  const guide = guideIn(api)
  assert.doesNotMatch(guide, /hush|git_diff/)
  assert.equal(guide.match(/not shown: a private file is part of it/g)?.length, 2)
  assert.match(guide, /more lines are not shown\]/)
  assert.doesNotMatch(JSON.stringify(api.asked[0]), /hush|git_diff/)
})

test('who leaves while a model thinks about what to see ends that, and nobody answers', async (t) => {
  let ended = false
  const call: Models['call'] = async function* (_, signal) {
    yield 1
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    ended = true
    throw signal.reason
  }
  let begun = false
  const api = await scene(t, [], {
    models: {
      tiers: ['fast'],
      modelOf: () => 'fast-coder',
      call: (request, signal) => {
        begun = true
        return call(request, signal)
      },
    },
  })
  const leave = new AbortController()
  const answer = post(`${api.url}/v1/chat/completions`, asks(QUESTION, { stream: true }), {
    signal: leave.signal,
  })
  await until(() => begun, 'the model is asked')
  leave.abort()
  await assert.rejects(answer)
  await until(() => ended, 'the call is ended')
  assert.equal(api.opened.length, 0)
})

test('the usage of an answer counts what was asked before it, where its model counts at all', async (t) => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
    prompt_tokens_details: { cached_tokens: 5 },
  }
  const relayed: ApiOptions['relayed'] = ({ body }) => {
    const isStream = JSON.parse(body).stream === true
    const counts = `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage })}\n\n`
    return isStream
      ? {
          status: 200,
          contentType: 'text/event-stream',
          body: bytes(STREAMED.replace('data: [DONE]', `${counts}data: [DONE]`)),
        }
      : {
          status: 200,
          contentType: 'application/json',
          body: bytes(JSON.stringify({ ...JSON.parse(OBJECT), usage })),
        }
  }
  const spent = {
    promptTokens: 1_000,
    completionTokens: 7,
    reasoningTokens: 3,
    cachedTokens: 90,
    estimated: false,
  }
  const api = await scene(t, [LEVY, wants()], { relayed }, spent)
  const all = {
    prompt_tokens: 1_100,
    completion_tokens: 27,
    total_tokens: 1_127,
    prompt_tokens_details: { cached_tokens: 95 },
  }
  const streamed = linesIn<Chunk & { usage?: object }>(await (await chat(api, { stream: true })).text())
  assert.deepEqual(streamed.findLast((chunk) => chunk.usage)?.usage, all)
  assert.equal(contentOf(streamed), MARKED)
  const whole = ChatCompletion.parse(await jsonOf(await chat(api)))
  assert.deepEqual([whole.usage, whole.choices[0]!.message.content], [all, MARKED])
})
