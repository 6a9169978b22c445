import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { tokensOf } from '../../src/core/budget-context.ts'
import type { ApiServices } from '../../src/api/services.ts'
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
  readerOf,
  type Api,
  until,
  type Chunk,
} from './server.ts'
import { openBefore, startUpstream } from './upstream.ts'

const QUESTION = 'Where is slugify defined in this project?'
const FILES = {
  'src/text.ts': '// text\nexport function slugify(text: string) {\n  return text\n}\n',
  'README.md': 'About.\n',
  '.env': 'PASSWORD=tracked-hush\n',
  'deploy.txt': '-----BEGIN PRIVATE KEY-----\nkey-hush\n',
  '.gitignore': 'ignored.ts\n',
}

type Sent = { model: string; messages: { role: string; content: unknown }[]; [key: string]: unknown }

/** The real edge over a real folder, before a model that says this. */
async function served(
  t: TestContext,
  say: string | readonly string[] | Response,
  more: Pick<ApiServices, 'defines'> = {},
): Promise<Api> {
  const repository = await makeRepository(FILES)
  await repository.write({ 'ignored.ts': 'slugify ignored-hush\n' })
  const workspaces = await serve({ app: repository.path })
  const api = await openApi({
    ...more,
    workspaces: workspaces.service,
    relayed: ({ body }) => {
      if (say instanceof Response) {
        return { status: say.status, contentType: 'application/json', body: say.body! }
      }
      const { stream } = JSON.parse(body)
      if (stream || typeof say !== 'string') {
        const chunks = typeof say === 'string' ? streamOf(say) : say
        return { status: 200, contentType: 'text/event-stream', body: bytes(...chunks) }
      }
      return { status: 200, contentType: 'application/json', body: bytes(objectOf(say)) }
    },
  })
  t.after(async () => {
    await api[Symbol.asyncDispose]()
    await workspaces[Symbol.asyncDispose]()
    await repository[Symbol.asyncDispose]()
  })
  return api
}

const HEAD = { id: 'c1', created: 1, model: 'fast-coder' }
const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

/** The last words come with the end, as some servers have it, and the network cuts where it likes. */
function streamOf(say: string): string[] {
  const words = say.match(/[\s\S]{1,7}/g)!
  const last = words.pop()!
  const text = [
    ...words.map((content) => chunk({ content })),
    chunk({ content: last }, 'stop'),
    'data: [DONE]\n\n',
  ].join('')
  return text.match(/[\s\S]{1,50}/g)!
}

const objectOf = (content: string): string =>
  JSON.stringify({
    ...HEAD,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
  })

const chat = ({ url }: Api, body: unknown): Promise<Response> => post(`${url}/v1/chat/completions`, body)
const sentTo = ({ opened }: Api): Sent => JSON.parse(opened.at(-1)!.body)

test('a question about the workspace goes to one model that has its files before it, with line numbers', async (t) => {
  const api = await served(t, 'In src/text.ts:2.')
  const more = { temperature: 0.9, max_tokens: 900, stop: ['END'] }
  const response = await chat(api, asks(QUESTION, more))
  await response.text()
  assert.equal(response.headers.get('x-quorum-route'), 'question; about app')
  assert.deepEqual(api.runner.list(), [])
  const { model, messages, ...rest } = sentTo(api)
  assert.equal(model, 'fast-coder')
  assert.deepEqual(rest, more)
  assert.deepEqual(
    messages.map(({ role }) => role),
    ['system', 'user'],
  )
  assert.deepEqual(messages[1]!.content, QUESTION)
  assert.match(String(messages[0]!.content), /``` src\/text\.ts\n1\| \/\/ text\n2\| export function slugify/)
})

test('a bare name is asked about the workspace where that defines it, and about the trade where it does not', async (t) => {
  const asked: unknown[] = []
  const defines: ApiServices['defines'] = async (...[workspace, names]) => {
    asked.push([workspace, names])
    return names.includes('slugify')
  }
  const api = await served(t, 'In src/text.ts:2.', { defines })
  const routeFor = async (request: string, more: object = {}): Promise<string | null> => {
    const response = await chat(api, asks(request, more))
    await response.text()
    return response.headers.get('x-quorum-route')
  }
  assert.equal(await routeFor('What does slugify do?'), 'question; about app')
  assert.match((await routeFor('How does useEffect work?'))!, /^direct; /)
  assert.deepEqual(asked, [
    ['app', ['slugify']],
    ['app', ['useEffect']],
  ])
  // nothing is looked up where it would decide nothing
  await routeFor('hello')
  await routeFor('What does slugify do?', { model: 'quorum-chat' })
  assert.equal(asked.length, 2)
})

test('no secret and nothing that is ignored goes to the model', async (t) => {
  const api = await served(t, 'In src/text.ts:2.')
  await (await chat(api, asks('What passwords and keys are there in this project? slugify hush'))).text()
  const prompt = String(sentTo(api).messages[0]!.content)
  assert.doesNotMatch(prompt, /hush/)
  assert.doesNotMatch(prompt, /^(?:``` )?(?:\.env|ignored\.ts)$/m)
  assert.match(prompt, /README\.md/)
})

test("the client's own instructions stay, in one message with the files", async (t) => {
  const api = await served(t, 'In src/text.ts:2.')
  for (const content of ['Be brief.', [{ type: 'text', text: 'Be brief.' }]]) {
    const messages = [
      { role: 'system', content },
      { role: 'user', content: QUESTION },
    ]
    await (await chat(api, { model: 'quorum', messages })).text()
    const sent = sentTo(api).messages
    assert.equal(sent.length, 2)
    assert.match(JSON.stringify(sent[0]), /slugify.*Be brief\./)
  }
})

test('an answer whose references exist reaches the client byte for byte', async (t) => {
  const say = 'It is in src/text.ts:2-4, see text.ts:1 and http://localhost:3000.'
  const api = await served(t, say)
  assert.equal(await (await chat(api, asks(QUESTION, { stream: true }))).text(), streamOf(say).join(''))
  assert.equal(await (await chat(api, asks(QUESTION))).text(), objectOf(say))
})

test('references that lead nowhere are marked where they stand, but not in code', async (t) => {
  const code = '\n\n```ts src/gone.ts\n// src/gone.ts:1 \n```\n\n'
  const api = await served(t, `In src/text.ts:2, \`src/text.ts:5\`:${code}and src/gone.ts:1.`)
  const marked = `In src/text.ts:2, \`src/text.ts:5\` (no such line):${code}and src/gone.ts:1 (no such file).`
  const streamed = await (await chat(api, asks(QUESTION, { stream: true }))).text()
  const chunks = linesIn<Chunk>(streamed)
  for (const one of chunks) ChatCompletionChunk.parse(one)
  assert.equal(contentOf(chunks), marked)
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]!.finish_reason).filter((reason) => reason !== null),
    ['stop'],
  )
  assert.ok(streamed.endsWith('\n\ndata: [DONE]\n\n'))
  const whole = ChatCompletion.parse(await jsonOf(await chat(api, asks(QUESTION))))
  assert.equal(whole.choices[0]!.message.content, marked)
})

test('a word waits for its end and no longer, and a very long one not even for that', async (t) => {
  const words = ['It', ' is', ' in', ' src/gone.ts', ':1', ' and', ` ${'x'.repeat(400)}`, 'y']
  const upstream = await startUpstream([], (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(words.map((content) => chunk({ content })).join(''))
  })
  const look = async () => ({ paths: ['src/text.ts'], read: async () => 'export const slugify = 1\n' })
  const api = await openBefore(t, upstream, { workspaces: { look } })
  const leave = new AbortController()
  const url = `${api.url}/v1/chat/completions`
  const response = await post(url, asks(QUESTION, { stream: true }), { signal: leave.signal })
  const text = await readerOf(response).until(/x{400}/)
  assert.equal(
    contentOf(linesIn<Chunk>(text)).slice(0, 48),
    'It is in src/gone.ts:1 (no such file) and xxxxxx',
  )
  leave.abort()
  await until(() => upstream.received[0]!.left, 'the upstream is left')
})

test('an answer that was to be JSON gets no line of prose', async (t) => {
  const api = await served(t, '{"file":"src/gone.ts:1"}')
  const response = await chat(api, asks(QUESTION, { response_format: { type: 'json_object' } }))
  assert.equal(await response.text(), objectOf('{"file":"src/gone.ts:1"}'))
  assert.equal(response.headers.get('x-quorum-route'), 'question; about app')
})

test('the same question of the newer protocol reads the workspace and is checked too', async (t) => {
  const api = await served(t, 'In src/gone.ts:1.')
  const response = await post(`${api.url}/v1/responses`, { model: 'quorum', input: QUESTION })
  assert.equal(response.headers.get('x-quorum-route'), 'question; about app')
  const answer = await response.text()
  assert.match(answer, /In src\/gone\.ts:1 \(no such file\)\./)
  assert.match(String(sentTo(api).messages[0]!.content), /2\| export function slugify/)
})

test('an answer that breaks off is told to be broken, and not made to look whole', async (t) => {
  const cut = streamOf('It is in src/gone.ts:1 and in many other places.').slice(0, 5)
  const api = await served(t, cut)
  const text = await (await chat(api, asks(QUESTION, { stream: true }))).text()
  assert.doesNotMatch(text, /\[DONE\]/)
  assert.match(text, /\ndata: \{"error":\{"message":"[^"]+","type":"upstream_error"/)
})

test('who leaves in the middle of an answer ends it at the real upstream', async (t) => {
  const upstream = await startUpstream([], (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ content: 'In ' }))
  })
  const look = async () => ({ paths: ['src/text.ts'], read: async () => 'export const slugify = 1\n' })
  const api = await openBefore(t, upstream, { workspaces: { look } })
  const leave = new AbortController()
  const url = `${api.url}/v1/chat/completions`
  const response = await post(url, asks(QUESTION, { stream: true }), { signal: leave.signal })
  await readerOf(response).until('In ')
  leave.abort()
  await until(() => upstream.received[0]!.left, 'the upstream is left')
  assert.match(upstream.received[0]!.body.toString(), /1\| export const slugify/)
})

test('what the upstream refuses is told as it is told elsewhere', async (t) => {
  const api = await served(t, new Response('{"error":{"message":"too long"}}', { status: 400 }))
  const response = await chat(api, asks(QUESTION, { stream: true }))
  assert.equal(response.status, 400)
  assert.match(await response.text(), /too long/)
})

test('the plain chat model and an agent never have the workspace read for them', async () => {
  await using api = await openApi({ workspaces: { look: () => assert.fail('nobody may look') } })
  const tools = [{ type: 'function', function: { name: 'read', parameters: {} } }]
  for (const more of [{ model: 'quorum-chat' }, { tools }, { metadata: { quorum: 'direct' } }]) {
    const response = await chat(api, asks(QUESTION, more))
    await response.text()
    assert.match(response.headers.get('x-quorum-route')!, /^(?:direct|step); /)
  }
})

test('what is told of the project fits into the window, beside the conversation and the answer', async (t) => {
  const repository = await makeRepository({
    'src/text.ts': 'export function slugify(text: string) {\n  return text\n}\n'.repeat(500),
    ...Object.fromEntries(Array.from({ length: 200 }, (_, file) => [`src/slugify${file}.ts`, 'export {}\n'])),
  })
  const workspaces = await serve({ app: repository.path })
  const window = 4_000
  const api = await openApi({
    workspaces: workspaces.service,
    models: {
      tiers: ['fast'],
      modelOf: () => 'fast-coder',
      windowOf: async () => ({ tokens: window, scale: 1 }),
    },
  })
  t.after(async () => {
    await api[Symbol.asyncDispose]()
    await workspaces[Symbol.asyncDispose]()
    await repository[Symbol.asyncDispose]()
  })
  const asked = { ...asks(QUESTION), max_tokens: 1_000 }
  assert.equal((await post(`${api.url}/v1/chat/completions`, asked)).status, 200)
  const { messages }: { messages: { content: string }[] } = JSON.parse(api.opened[0]!.body)
  assert.match(messages[0]!.content, /src\/text\.ts/)
  const used = tokensOf(messages)
  assert.ok(used + 1_000 <= window, `${used} of ${window}`)
  // and not much smaller than it has to be
  assert.ok(used > 1_500, String(used))
})
