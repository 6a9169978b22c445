import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { startServer } from '../src/cli/server.ts'
import { loadConfig } from '../src/config.ts'
import { startUpstream, type Received } from './api/upstream.ts'
import { makeRepository } from './support/repository.ts'

const PRIVATE = [
  'export const wholesaleMargin = cost * 1.3717',
  '// agreed with Ann in the meeting of 12 May, tell nobody',
  "if (customer === 'ACME Holding') return margin / 2",
]
const FILES = {
  'src/price.js':
    "import { margin } from '../secret/rates.js'\nexport const price = (cost) => cost - margin(cost)\n",
  'secret/rates.js': `${PRIVATE.join('\n')}\n`,
  '.gitignore': 'local.key\n',
  'local.key': 'ignored by git and private all the same\n',
  'check.js': 'process.exitCode = 0\n',
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}
const LINES = [...PRIVATE, 'ignored by git and private all the same']
const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** A server that says it can do anything, and keeps what it is sent. */
const startCloud = () =>
  startUpstream(['big', 'embed-1', 'whisper-1'], ({ route, body }: Received, response: ServerResponse) => {
    if (!route.endsWith('/chat/completions')) {
      response.end('{"data": [], "text": "hello", "choices": []}')
      return
    }
    const asked = body.toString()
    const text = asked.includes('# Role: reviewer')
      ? '{"decision": "approve", "objections": []}'
      : asked.includes('# Role: coder')
        ? 'src/price.js\n<<<<<<< SEARCH\ncost - margin(cost)\n=======\ncost + margin(cost)\n>>>>>>> REPLACE\n'
        : 'I would say so.'
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`)
    response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
  })

/** The real server over a real repository; who answers stands in the cloud, by the configuration's word. */
async function open(t: TestContext, more: object = {}) {
  const [cloud, home] = await Promise.all([startCloud(), startCloud()])
  t.after(() => Promise.all([cloud.close(), home.close()]))
  const repository = await makeRepository(FILES)
  t.after(() => repository[Symbol.asyncDispose]())
  const folder = await mkdtemp(join(tmpdir(), 'quorum-privacy-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const there = { model: 'big', url: cloud.url, place: 'cloud' }
  const file = join(folder, 'quorum.config.json')
  const settings = {
    private: ['secret/', '*.key'],
    tiers: { fast: there, deep: there, reviewer: there, cloud: there },
    senses: { vision: there, speech: there },
    ...more,
  }
  await writeFile(file, JSON.stringify({ server: { graceMs: 0 }, ...settings }))
  const config = loadConfig({
    overrides: {
      config: file,
      port: '0',
      workspace: [`app=${repository.path}`],
      logLevel: 'silent',
      unsafeGates: true,
    },
    cwd: repository.path,
    env: { LITELLM_URL: home.url, QUORUM_CACHE: folder, QUORUM_DATA: ':memory:' },
  })
  const server = await startServer(config, new AbortController().signal)
  t.after(() => server[Symbol.asyncDispose]())
  const send = (path: string, body: FormData | object) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      ...(body instanceof FormData
        ? { body }
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  return { cloud, home, server, send }
}

/** Lines that the cloud was sent, blanks and quotes and escapes aside. */
function leaked(received: readonly Received[]): string[] {
  const bare = (text: string): string => text.replaceAll(/\\+n|[\s\\"'`]+/g, '')
  const sent = received.map(({ body }) => bare(body.toString()))
  return LINES.filter((line) => sent.some((text) => text.includes(bare(line))))
}

const asks = (content: unknown, more: object = {}) => ({
  model: 'quorum',
  messages: [{ role: 'user', content }],
  ...more,
})
const TOOL = {
  type: 'function',
  function: { name: 'read_file', parameters: { type: 'object', properties: { path: { type: 'string' } } } },
}

/** Every way in which a text of the user's comes to a model. */
const ROUTES: Readonly<Record<string, (text: string) => [path: string, body: FormData | object]>> = {
  chat: (text) => [
    '/v1/chat/completions',
    asks(`What do you think of this?\n\n${text}`, { model: 'quorum-chat' }),
  ],
  stream: (text) => ['/v1/chat/completions', asks(text, { model: 'quorum-chat', stream: true })],
  question: (text) => ['/v1/chat/completions', asks(`How does src/price.js work?\n\n${text}`)],
  'a model of the upstream': (text) => ['/v1/chat/completions', asks(text, { model: 'big' })],
  responses: (text) => ['/v1/responses', { model: 'quorum-chat', input: `Hello! ${text}` }],
  step: (text) => [
    '/v1/chat/completions',
    {
      model: 'quorum',
      tools: [TOOL],
      messages: [
        { role: 'user', content: 'How are prices made?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'read_file', arguments: '{"path":"x"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: text },
      ],
    },
  ],
  completion: (text) => ['/v1/completions', { model: 'quorum', prompt: text }],
  'fill in the middle': (text) => ['/v1/fim/completions', { model: 'quorum', prompt: 'a', suffix: text }],
  embeddings: (text) => ['/v1/embeddings', { model: 'embed-1', input: ['a', text] }],
  picture: (text) => [
    '/v1/chat/completions',
    asks(
      [
        { type: 'text', text: `What is on it? ${text}` },
        { type: 'image_url', image_url: { url: PNG } },
      ],
      { model: 'quorum-chat' },
    ),
  ],
  recording: (text) => {
    const form = new FormData()
    form.set('model', 'whisper-1')
    form.set('prompt', text)
    form.set('file', new File([new Uint8Array(200)], 'talk.wav'))
    return ['/v1/audio/transcriptions', form]
  },
}

test('whatever the route and however it is dressed, no private line reaches a model in the cloud', async (t) => {
  const { cloud, send } = await open(t)
  const dress = fc.constantFrom<(line: string) => string>(
    (line) => line,
    (line) => `\n   ${line}\n`,
    (line) => `@@ -1 +1 @@\n+${line}`,
    (line) => `   7 | ${line}`,
    (line) => JSON.stringify({ content: `a\n${line}\nb` }),
    (line) => `\`\`\`js secret/rates.js\n${line}\n\`\`\``,
  )
  const shut = async (route: string, text: string): Promise<void> => {
    const answer = await (await send(...ROUTES[route]!(text))).text()
    assert.deepEqual(leaked(cloud.received), [], route)
    assert.match(answer, /private|no usable answer/, `${route}: ${answer}`)
  }
  for (const route of Object.keys(ROUTES)) await shut(route, LINES[0]!)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(ROUTES)),
      fc.constantFrom(...LINES),
      dress,
      fc.string({ maxLength: 20 }),
      async (route, line, dressed, before) => shut(route, `${before} ${dressed(line)}`),
    ),
    { numRuns: 40 },
  )
  // the same without a private line comes through, so that it is not the route that is shut
  for (const [route, ask] of Object.entries(ROUTES)) {
    const before = cloud.received.length
    await (await send(...ask('const total = 3'))).text()
    assert.ok(cloud.received.length > before, `${route} never asks the cloud`)
  }
})

test('a task goes on in the cloud without the private files, and its answer says so', async (t) => {
  const { cloud, send } = await open(t)
  const request = 'Fix price in src/price.js: it subtracts the margin of secret/rates.js instead of adding it'
  const response = await send('/v1/chat/completions', asks(request))
  const text = await response.text()
  const prompts = cloud.received.map(({ body }) => body.toString())
  assert.ok(
    prompts.some((prompt) => prompt.includes('# Role: coder') && prompt.includes('is private and is not')),
  )
  assert.deepEqual(leaked(cloud.received), [])
  assert.match(text, /private and not shown to the cloud: secret\/rates\.js/)
})

test('a question is answered from the open files, and the answer says what was not shown', async (t) => {
  const { cloud, send } = await open(t)
  const response = await send('/v1/chat/completions', asks('How does the margin come into src/price.js?'))
  assert.match(response.headers.get('x-quorum-route') ?? '', /^question/)
  assert.match(await response.text(), /in the cloud and was not shown a private file of this workspace/)
  assert.ok(cloud.received.some(({ body }) => body.includes('export const price')))
  assert.deepEqual(leaked(cloud.received), [])
})

test('a file that comes along under a private name is left out, too', async (t) => {
  const { cloud, send } = await open(t)
  const attached = 'export const attachedRate = 0.8151\n'
  const request = `Fix the rounding in price\n\n\`\`\`js src/a.js\nexport const a = 1\n\`\`\`\n\n\`\`\`js secret/b.js\n${attached}\`\`\``
  await (await send('/v1/chat/completions', asks(request))).text()
  assert.ok(cloud.received.some(({ body }) => body.includes('# Role: coder')))
  assert.ok(cloud.received.every(({ body }) => !body.includes('attachedRate')))
})

test('offline, no request of any kind reaches the cloud, not even for its models', async (t) => {
  const { cloud, home, send } = await open(t, { policy: 'offline' })
  for (const ask of Object.values(ROUTES)) await (await send(...ask('const total = 3'))).text()
  await (await send('/v1/chat/completions', asks('Fix price in src/price.js'))).text()
  assert.deepEqual(cloud.received, [])
  assert.ok(home.received.some(({ body }) => body.includes('# Role: coder')))
})

test('a request may be stricter than the configuration', async (t) => {
  const { cloud, send } = await open(t)
  const metadata = { policy: 'offline' }
  for (const route of ['chat', 'question', 'step', 'picture', 'responses', 'embeddings']) {
    const [path, body] = ROUTES[route]!('const total = 3')
    const asked = Object.assign({ metadata }, body)
    const text = await (await send(path, asked)).text()
    assert.match(text, /offline|no usable answer/, route)
  }
  const task = await (
    await send('/v1/chat/completions', asks('Fix price in src/price.js', { metadata }))
  ).text()
  assert.match(task, /offline/)
  const sent = cloud.received.filter(({ route }) => route.startsWith('POST'))
  assert.deepEqual(sent, [])
  const wrong = await send('/v1/chat/completions', asks('Fix it', { metadata: { policy: 'none' } }))
  assert.equal(wrong.status, 400)
})
