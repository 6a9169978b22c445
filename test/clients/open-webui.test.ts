import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startServer } from '../../src/cli/server.ts'
import { loadConfig } from '../../src/config.ts'
import { SwarmError } from '../../src/core/errors.ts'
import { receiptOf } from '../../src/core/receipt.ts'
import type { Outcome } from '../../src/core/task.ts'
import { ASK, bytes, openApi, stage, until, type ApiOptions } from '../api/server.ts'
import { DIFF, gate, happyEvents, patch, verified } from '../core/sample-story.ts'
import { askFromBrowser, modelsOf, openChat, type Settings } from '../support/open-webui.ts'
import { createReader, takePage, takeServer } from '../support/open-webui-reader.ts'
import { PROOF } from '../support/proof.ts'
import { makeRepository } from '../support/repository.ts'
import { startScriptedModels, type Script } from '../support/scripted-models.ts'

const [WRONG, RIGHT, BEST] = ['left - right', 'left + right', '(left ?? 0) + (right ?? 0)']
const line = (sum: string): string => `export const add = (left, right) => ${sum}\n`
const edit = (from: string, to: string): string =>
  `src/add.js\n<<<<<<< SEARCH\n${line(from)}=======\n${line(to)}>>>>>>> REPLACE\n`
const FILES = {
  'src/add.js': line(WRONG),
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}
const REFINE = 'now also handle null'
const OBJECT = { title: 'Sum', tags: ['math'], follow_ups: ['And null?'], queries: [], text: '' }

/** A model that thinks and talks around the object it was asked for, as small ones do. */
const script: Script = ({ text }) => {
  if (text.includes('# Role: planner')) return { kind: 'text', text: 'no plan' }
  if (text.includes('# Role: coder'))
    return { kind: 'text', text: text.includes(REFINE) ? edit(RIGHT, BEST) : edit(WRONG, RIGHT) }
  if (/# Role: (?!guide)/.test(text))
    return { kind: 'text', text: '{"decision": "approve", "objections": []}' }
  if (text.startsWith('### Task:'))
    return { kind: 'text', text: `Here it is: ${JSON.stringify(OBJECT)} Done.` }
  return { kind: 'text', text: 'It subtracts.', reasoning: 'a minus' }
}

/** The real server over a real repository. */
async function openReal(t: TestContext) {
  const repository = await makeRepository(FILES)
  t.after(() => repository[Symbol.asyncDispose]())
  const models = await startScriptedModels(script)
  t.after(() => models.close())
  const cache = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  t.after(() => rm(cache, { recursive: true, force: true }))
  const config = loadConfig({
    overrides: { port: '0', workspace: [`app=${repository.path}`], logLevel: 'silent', unsafeGates: true },
    cwd: repository.path,
    env: { LITELLM_URL: models.url, QUORUM_CACHE: cache, QUORUM_DATA: ':memory:' },
  })
  const server = await startServer(config, new AbortController().signal)
  t.after(() => server[Symbol.asyncDispose]())
  return {
    settings: { url: `${server.url}/v1`, chatId: 'chat-1', model: 'quorum-fast' },
    runner: server.swarm.runner,
  }
}

test('a whole chat in Open WebUI: a question, a change, what the page asks by itself, and going on', async (t) => {
  const { settings, runner } = await openReal(t)
  assert.ok((await modelsOf(settings)).includes(settings.model))
  const chat = openChat(settings)

  const answer = await chat.ask('What does src/add.js do?')
  assert.match(answer.content, /^It subtracts\./)
  assert.deepEqual([answer.thoughts, answer.errors, answer.lost], ['a minus', [], []])
  assert.equal(runner.list().length, 0)

  const fixed = await chat.ask('Fix add in src/add.js: it subtracts')
  assert.ok(fixed.content.includes(`-${line(WRONG)}+${line(RIGHT)}`), fixed.content)
  assert.match(fixed.content, /```diff\ndiff --git [^]+```[^]+^Evidence: verified/m)
  assert.match(fixed.thoughts, /coder 1/)
  assert.deepEqual([fixed.hidden, fixed.errors, fixed.lost], ['', [], []])
  assert.ok(fixed.statuses.length > 3)
  assert.deepEqual(
    fixed.statuses.map(({ done }) => done),
    fixed.statuses.map((_, index) => index === fixed.statuses.length - 1),
  )

  for (const name of ['title', 'tags', 'followUps', 'queries', 'autocompletion'] as const) {
    assert.deepEqual(await chat.errand(name), OBJECT, name)
  }
  assert.equal(runner.list().length, 1, 'what the page asks by itself is no task')

  const refined = await chat.ask(REFINE)
  assert.ok(refined.content.includes(`-${line(WRONG)}+${line(BEST)}`), refined.content)
  const receipts = runner.list().map((state) => receiptOf(state))
  const [first, second] = receipts.toSorted((one, other) => (one.upon ? 1 : 0) - (other.upon ? 1 : 0))
  assert.equal(receipts.length, 2)
  assert.equal(second!.upon?.task, first!.task)
})

/** The edge before tasks that end like this, as soon as they begin. */
async function openWith(how: Outcome | Error, options: ApiOptions = {}) {
  const play = stage()
  play.tell(...happyEvents)
  play.end(how)
  const api = await openApi({ cascade: play.cascade, ...options })
  const settings: Settings = { url: `${api.url}/v1`, chatId: 'chat-1' }
  return { api, play, settings, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

const delivering = (diff: string): Outcome => ({
  kind: 'verified',
  files: [],
  patch: patch(diff),
  gates: [gate()],
  testsChanged: [],
  proof: PROOF,
})

test('a page whose server does not name itself shows the same answer, without lines of status', async () => {
  await using scene = await openWith(verified)
  const named = await openChat(scene.settings).ask(ASK)
  const unnamed = await openChat({ ...scene.settings, chatId: null, usage: true }).ask(ASK)
  assert.ok(named.statuses.length > 3)
  assert.deepEqual(unnamed.statuses, [])
  assert.equal(unnamed.content, named.content)
  assert.deepEqual([named.usage, unnamed.errors], [null, []])
  assert.ok(unnamed.usage !== null && 'total_tokens' in unnamed.usage)
  assert.equal(scene.play.tasks.length, 1, 'the same question again joins')
})

test('the stop button ends the task', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const stop = new AbortController()
  const asked = openChat({ url: `${api.url}/v1`, chatId: 'chat-1' }).ask(ASK, { signal: stop.signal })
  await until(() => play.signals.length === 1, 'the task begins')
  stop.abort()
  await assert.rejects(asked, { name: 'AbortError' })
  await until(() => play.cleaned() === 1, 'the task is cleaned up')
  assert.equal(play.signals[0]!.aborted, true)
})

test('files of the chat reach the coders as files, and the question without the words around it', async () => {
  await using scene = await openWith(verified)
  const sources = [{ name: 'lib/add.ts', content: 'export const sum = 1 - 2\n' }]
  const { content } = await openChat(scene.settings).ask('Fix the sum in lib/add.ts', { sources })
  assert.match(content, /^Evidence: verified/m)
  const [task] = scene.play.tasks
  assert.equal(task?.request, 'Fix the sum in lib/add.ts\n\nAttached files: lib/add.ts')
  assert.deepEqual(task.workspace, {
    kind: 'files',
    files: [{ path: 'lib/add.ts', content: 'export const sum = 1 - 2\n' }],
  })
})

test('what goes wrong is said: in the answer where there is one, else as the page shows errors', async () => {
  await using broken = await openWith(new SwarmError('upstream', 'the model server went away'))
  const told = await openChat(broken.settings).ask(ASK)
  assert.match(told.content, /^The task broke off, .*the model server went away\./)
  assert.deepEqual([told.errors, told.statuses.at(-1)], [[], { description: 'broke off', done: true }])

  await using locked = await openWith(verified, { apiKey: 'right' })
  const refused = await openChat(locked.settings).ask(ASK)
  assert.match(refused.errors.join(), /API key/)
  await assert.rejects(modelsOf(locked.settings), /API key/)
  assert.ok((await modelsOf({ ...locked.settings, apiKey: 'right' })).includes('quorum'))

  await using faulty = await openWith(verified, {
    relayed: () => ({
      status: 200,
      contentType: 'text/event-stream',
      body: bytes('data: {"error":{"message":"out of memory"}}\n\n'),
    }),
  })
  const half = await openChat(faulty.settings).ask('hello')
  assert.match(half.errors.join(), /out of memory/)
})

test('a tag of thoughts inside a diff is hidden, unless the model’s reasoning tags are off, as the README says', async () => {
  const diff = `${DIFF}+<think>a literal tag</think>\n`
  await using scene = await openWith(delivering(diff))
  const hidden = await openChat(scene.settings).ask(ASK)
  assert.equal(hidden.hidden, '<think>a literal tag</think>')
  assert.match(hidden.content, /^Note: the diff holds a literal `think` tag[^]+^Evidence: verified/m)
  const whole = await openChat({ ...scene.settings, reasoningTags: false }).ask(ASK)
  assert.ok(whole.content.includes(diff))
})

const LONG = `${DIFF}${`+${'"\\\u0001€😀\t'.repeat(2_000)}\n`.repeat(70)}`

test('a diff of a megabyte is read whole by its server', async () => {
  assert.ok(Buffer.byteLength(LONG) > 1_000_000)
  await using scene = await openWith(delivering(LONG))
  const { content, lost, errors } = await openChat(scene.settings).ask(ASK)
  assert.ok(content.includes(`\`\`\`diff\n${LONG}\`\`\``))
  assert.deepEqual([lost, errors], [[], []])
})

test('every event is one write, so that the browser alone loses none where the network does not cut them', async () => {
  await using scene = await openWith(delivering(LONG))
  const { content, lost, errors, statuses } = await askFromBrowser(
    scene.settings,
    ASK,
    'http://localhost:8080',
  )
  assert.ok(content.includes(`\`\`\`diff\n${LONG}\`\`\``))
  assert.deepEqual([lost, errors, statuses], [[], [], []])
})

test('a browser is let in from the pages that are listed, and from no other', async () => {
  await using scene = await openWith(verified, { corsOrigins: ['http://localhost:8080'] })
  const { content } = await askFromBrowser(scene.settings, ASK, 'http://localhost:8080')
  assert.match(content, /^Evidence: verified/m)
  await assert.rejects(askFromBrowser(scene.settings, ASK, 'http://elsewhere.example'), /Failed to fetch/)
})

test('the emulator itself has the limits: a longest line at its server, and no patience between bits in the browser', async () => {
  const said = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
  const cut = [said('one'), said('two').slice(0, 20), said('two').slice(20), 'data: [DONE]\n\n']
  const reader = () => createReader({ takesEvents: true, reasoningTags: true })

  const [server, page] = [reader(), reader()]
  await takeServer(server, bytes(...cut))
  for (const part of cut) takePage(page, Buffer.from(part))
  assert.deepEqual([server.shown().content, server.shown().lost], ['onetwo', []])
  assert.deepEqual([page.shown().content, page.shown().lost.length], ['one', 2])
  await assert.rejects(takeServer(reader(), bytes(said('x'.repeat(131_072)))), /Chunk too big/)
})
