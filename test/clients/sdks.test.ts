import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { describe, test, type TestContext } from 'node:test'
import { z } from 'zod'
import { chunk, COUNTS, DONE } from '../api/responses-events.ts'
import { ASK, chunksIn, contentOf, handClock, reasoningOf, stage, type ApiOptions } from '../api/server.ts'
import { openBefore, startUpstream, type Answer } from '../api/upstream.ts'
import { patch, happyEvents, verified } from '../core/sample-story.ts'
import { Errand, fixtures } from '../core/triage-request.ts'
import { eventually, openGateway, type Fate } from './gateway.ts'
import { ASK as ASK_FOR_FIX, FIXED, openScene } from './scene.ts'
import { isInstalled, SDKS } from './sdks.ts'
import type { Asking, Tool } from './sdk.ts'

/** A folder into which the SDKs were installed, by test/clients/install.sh for one. */
const CLIENTS = process.env.QUORUM_TEST_CLIENTS ?? tmpdir()

/** Longer than a line may be, in characters that are several bytes and several units long. */
const DIFF = patch().diff + `+${'naïve 🦜 '.repeat(10_000)}\n`
const LONG = { ...verified, patch: patch(DIFF) }

const PATH = { type: 'string' }
const READ: Tool = {
  name: 'read',
  description: 'Reads a file',
  parameters: { type: 'object', properties: { path: PATH }, required: ['path'] },
}
const JSON_TYPE = { 'content-type': 'application/json' }
const SSE = { 'content-type': 'text/event-stream' }
const READ_A = { name: 'read', arguments: JSON.stringify({ path: 'src/a.ts' }) }
const CALLS_READ = [
  chunk({ tool_calls: [{ index: 0, id: 'x', type: 'function', function: READ_A }] }),
  chunk({}, 'tool_calls'),
  COUNTS,
  DONE,
].join('')
const TITLE = 'Line ends of every kind'
const TITLE_STREAM = [chunk({ content: TITLE }), chunk({}, 'stop'), DONE].join('')
const TITLE_OBJECT = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'fast-coder',
  choices: [{ index: 0, message: { role: 'assistant', content: TITLE }, finish_reason: 'stop' }],
}
const ERRANDS = (await fixtures('errands', z.array(Errand)))
  // the errands of agents come with tools of their own
  .filter(({ tools, messages }) => tools.length === 0 && messages.every(({ role }) => role !== 'developer'))

/** The house behind a gateway, with a cascade that is played by hand, and a clock that is moved by hand. */
async function open(t: TestContext, { answer, fates, ...options }: Opening = {}) {
  const play = stage()
  const clock = handClock()
  const upstream = await startUpstream([], answer)
  const api = await openBefore(t, upstream, { cascade: play.cascade, clock, ...options })
  const { url, passed } = await openGateway(t, api.url, fates)
  const tasks = () => api.runner.list()
  return { play, clock, url, passed, tasks, upstream }
}
type Opening = ApiOptions & { answer?: Answer; fates?: readonly Fate[] }

const asks = (stream: boolean, more: Partial<Asking> = {}): Asking => ({
  messages: [{ role: 'user', content: ASK }],
  stream,
  signal: new AbortController().signal,
  ...more,
})

describe('SDKs', { concurrency: true, timeout: 240_000 }, () => {
  for (const sdk of SDKS) {
    describe(sdk.name, { concurrency: true }, async () => {
      if (!isInstalled(sdk, CLIENTS)) {
        test('is a real client here', (t) => t.skip(`${sdk.name} is not installed in QUORUM_TEST_CLIENTS`))
        return
      }
      const ask = await sdk.load(CLIENTS)

      for (const stream of [true, false]) {
        const how = stream ? 'as a stream' : 'as one object'

        test(`a long change arrives whole ${how}, and what was done for it beside it`, async (t) => {
          const { play, url, passed } = await open(t)
          play.tell(...happyEvents)
          play.end(LONG)
          const said = await ask(url, asks(stream))
          const { text, thoughts } = sent(passed[0]!.answer, stream)
          assert.ok(text.includes('naïve 🦜 '.repeat(10_000)))
          assert.deepEqual(said, { text, thoughts, calls: [] })
          assert.equal(thoughts.includes('coder'), stream)
          assert.equal(passed.length, 1)
        })

        test(`it waits for minutes ${how}`, async (t) => {
          const { play, clock, url, passed, tasks } = await open(t)
          const saying = ask(url, asks(stream))
          const beats = () => passed[0]?.answer.match(stream ? /^: keep-alive$/gm : / /g)?.length ?? 0
          const words = () => passed[0]?.answer.match(/still at work, /g)?.length ?? 0
          const isLong = () => beats() >= 12 && (!stream || words() >= 3)
          for (let tries = 0; !isLong() && tries < 1_000; tries += 1) await clock.advance(10_000)
          assert.ok(isLong())
          play.end(verified)
          const { text, thoughts } = await saying
          assert.match(text, /^This change passed [\s\S]*\+world[\s\S]*Evidence: verified/)
          if (stream) assert.ok(thoughts.split('still at work, ').length > 3)
          assert.deepEqual([passed.length, tasks().length], [1, 1])
        })

        test(`a task that breaks is words ${how}, and not asked again`, async (t) => {
          const { play, url, passed } = await open(t)
          play.end(new Error('the disk is full'))
          const { text, calls } = await ask(url, asks(stream))
          assert.match(text, /^The task broke off, so there is no change to hand over/)
          assert.deepEqual(calls, [])
          assert.equal(passed.length, 1)
        })

        test(`its abort ends the task that it reads ${how}`, async (t) => {
          const { play, url, passed, tasks } = await open(t)
          const leaving = new AbortController()
          // some of them throw, others just end
          const left = ask(url, asks(stream, { signal: leaving.signal })).catch(String)
          await eventually(() => (passed[0]?.answer ?? '') !== '', 'the answer begins')
          leaving.abort()
          await eventually(() => tasks()[0]?.status === 'cancelled', 'the task is cancelled')
          await left
          assert.deepEqual([play.cleaned(), passed.length], [1, 1])
        })

        for (const fate of ['busy', 'dropped'] as const) {
          test(`its retry after a ${fate} gateway joins the task that runs, ${how}`, async (t) => {
            const { play, url, passed, tasks } = await open(t, { fates: [fate], graceMs: 60_000 })
            const saying = ask(url, asks(stream))
            await eventually(() => (passed[1]?.answer ?? '') !== '', 'it asks again')
            play.end(verified)
            assert.match((await saying).text, /Evidence: verified/)
            assert.deepEqual(
              passed.map(({ route }) => route),
              ['task', 'task; joined running'],
            )
            assert.equal(tasks().length, 1)
          })
        }

        test(`calls that samples agree on arrive parsed ${how}`, async (t) => {
          const { url, passed, tasks, upstream } = await open(t, {
            answer: (_, response) => response.writeHead(200, SSE).end(CALLS_READ),
          })
          const messages = [{ role: 'user', content: 'What is in src/a.ts?' }]
          const { calls, text } = await ask(url, asks(stream, { messages, tools: [READ] }))
          assert.deepEqual(
            calls.map(({ name, given }) => [name, given]),
            [['read', { path: 'src/a.ts' }]],
          )
          assert.match(calls[0]!.id, /^call_step_/)
          assert.deepEqual([text, passed.length, tasks().length], ['', 1, 0])
          assert.ok(upstream.received.length >= 2)
        })
      }

      test('what clients ask on their own behalf starts no task', async (t) => {
        const { url, passed, tasks } = await open(t, {
          answer: (asked, response) =>
            wantsStream(asked.body.toString())
              ? response.writeHead(200, SSE).end(TITLE_STREAM)
              : response.writeHead(200, JSON_TYPE).end(JSON.stringify(TITLE_OBJECT)),
        })
        for (const { errand, messages, stream, maxTokens } of ERRANDS) {
          const spoken = messages.map(({ role, text }) => ({ role, content: text }))
          const { text } = await ask(url, asks(stream, { messages: spoken, maxTokens }))
          assert.equal(text, TITLE, errand)
          assert.match(passed.at(-1)!.route, /^direct; /, errand)
        }
        assert.deepEqual([passed.length, tasks().length], [ERRANDS.length, 0])
        assert.ok(ERRANDS.length > 20)
      })

      const { converse } = sdk
      if (!converse) return
      test('its loop of calls edits the file with the change that the swarm proved', async (t) => {
        const { project, url, tasks, content } = await openScene(t)
        const messages = [
          { role: 'system', content: `You edit files.\nWorking directory: ${project.path}` },
          { role: 'user', content: ASK_FOR_FIX },
        ]
        const { text } = await converse(ask, url, asks(true, { messages, tools: [editTool()] }))
        assert.equal(await content('src/add.js'), FIXED, text)
        assert.match(text, /The change is made in [\s\S]*Evidence: verified/)
        assert.equal(tasks().length, 1)
      })
    })
  }
})

const Edit = z.object({ filePath: z.string(), oldString: z.string().min(1), newString: z.string() })

/** An agent's tool that really edits. */
const editTool = (): Tool => ({
  name: 'edit',
  description: 'Replaces text in a file, whose path is absolute',
  parameters: {
    type: 'object',
    properties: { filePath: PATH, oldString: PATH, newString: PATH },
    required: ['filePath', 'oldString', 'newString'],
  },
  async run(given) {
    const { filePath, oldString, newString } = Edit.parse(given)
    const [before, after, ...more] = (await readFile(filePath, 'utf8')).split(oldString)
    if (after === undefined || more.length > 0) return 'Error: oldString has to be there once'
    await writeFile(filePath, before + newString + after)
    return `Edited ${filePath}`
  },
})

const wantsStream = (body: string): boolean =>
  z.object({ stream: z.boolean().default(false) }).parse(JSON.parse(body)).stream

const Whole = z.object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]) })

/** What the server said, read without an SDK. Reasoning is no part of one object. */
function sent(answer: string, stream: boolean): { text: string; thoughts: string } {
  if (!stream) return { text: Whole.parse(JSON.parse(answer)).choices[0].message.content, thoughts: '' }
  const chunks = chunksIn(answer)
  return { text: contentOf(chunks), thoughts: reasoningOf(chunks) }
}
