import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import type { Relayed } from '../../src/api/services.ts'
import {
  asks,
  bytes,
  chunksIn,
  contentOf,
  handClock,
  jsonOf,
  openApi,
  post,
  readerOf,
  settle,
  until,
  type Api,
  type ErrorAnswer,
} from './server.ts'

const END = 'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
const BEGIN = 'data: {"id":"x","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null}]}\n\n'
const WHOLE = '{"choices":[{"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}'

/** An upstream that answers when the test says so, and a clock that goes when the test says so. */
function slow() {
  const clock = handClock()
  const answer = Promise.withResolvers<Relayed>()
  return { clock, answer, relayed: () => answer.promise, pass: (ms: number) => passTime(clock, ms) }
}

/** In the steps of the server's own beat. */
async function passTime(clock: ReturnType<typeof handClock>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 2_500) await clock.advance(2_500)
}

const say = ({ url }: Api, more: object = {}): Promise<Response> =>
  post(`${url}/v1/chat/completions`, asks('hi there', more))

const sse = (body: ReadableStream<Uint8Array>): Relayed => ({
  status: 200,
  contentType: 'text/event-stream',
  body,
})
const json = (text: string, status = 200): Relayed => ({
  status,
  contentType: 'application/json',
  body: bytes(text),
})

test('a refusal within five seconds keeps its status', async () => {
  const { clock, answer, relayed, pass } = slow()
  await using api = await openApi({ clock, relayed })
  const asked = say(api, { stream: true })
  await until(() => api.opened.length === 1, 'the upstream is asked')
  await pass(5_000)
  answer.resolve(json('{"error":{"message":"too long"}}', 400))
  const response = await asked
  assert.equal(response.status, 400)
  assert.equal((await jsonOf<ErrorAnswer>(response)).error.message, 'too long')
})

test('a slow model does not keep its client waiting: headers, a role, then signs of life, then the answer', async () => {
  const { clock, answer, relayed, pass } = slow()
  await using api = await openApi({ clock, relayed })
  const asked = say(api, { stream: true })
  await until(() => api.opened.length === 1, 'the upstream is asked')
  await pass(7_500)
  const response = await asked
  assert.equal(response.status, 200)
  assert.match(response.headers.get('x-quorum-route')!, /^direct; /)
  assert.match(response.headers.get('openai-processing-ms')!, /^\d+$/)
  assert.ok(response.headers.get('x-request-id'))
  const reader = readerOf(response)
  await reader.until('"role":"assistant"')
  await pass(30_000)
  answer.resolve(sse(bytes(BEGIN, END)))
  const text = await reader.rest()
  assert.ok(text.endsWith(BEGIN + END))
  assert.equal(text.split(': keep-alive').length - 1, 2)
  const [role, life] = chunksIn(text)
  assert.deepEqual(role!.choices[0]!.delta, { role: 'assistant', content: '' })
  // a comment is no sign to those who count chunks
  assert.deepEqual(life!.choices[0]!.delta, {})
})

test('a whole answer that is slow has white space before it', async () => {
  const { clock, answer, relayed, pass } = slow()
  await using api = await openApi({ clock, relayed })
  const asked = say(api)
  await until(() => api.opened.length === 1, 'the upstream is asked')
  await pass(7_500)
  const reader = readerOf(await asked)
  await pass(20_000)
  answer.resolve(json(WHOLE))
  assert.equal(await reader.rest(), `\n  ${WHOLE}`)
})

const troubles: [string, (answer: PromiseWithResolvers<Relayed>) => void, RegExp][] = [
  [
    'an upstream that refuses',
    ({ resolve }) => resolve(json('{"error":{"message":"no such model","type":"server_error"}}', 404)),
    /^no such model$/,
  ],
  [
    'an upstream that is not there',
    ({ reject }) => reject(new SwarmError('upstream', 'nothing answers at http://up')),
    /^nothing answers at http:\/\/up$/,
  ],
  ['a bug', ({ reject }) => reject(new Error('secret')), /^internal error$/],
]
for (const [what, happens, said] of troubles) {
  test(`${what} after the answer has begun is told as content, which no client tries again`, async () => {
    for (const stream of [true, false]) {
      const { clock, answer, relayed, pass } = slow()
      const bugs: unknown[] = []
      await using api = await openApi({ clock, relayed, onBug: (error) => bugs.push(error) })
      const asked = say(api, { stream, stream_options: { include_usage: true } })
      await until(() => api.opened.length === 1, 'the upstream is asked')
      await pass(7_500)
      const reader = readerOf(await asked)
      happens(answer)
      const text = await reader.rest()
      assert.equal(bugs.length, what === 'a bug' ? 1 : 0)
      if (!stream) {
        const { choices } = JSON.parse(text)
        assert.match(choices[0].message.content, said)
        assert.equal(choices[0].finish_reason, 'stop')
        continue
      }
      const chunks = chunksIn(text)
      assert.match(contentOf(chunks), said)
      assert.equal(chunks.at(-2)!.choices[0]!.finish_reason, 'stop')
      assert.deepEqual(chunks.at(-1)!.choices, [])
      assert.ok(text.endsWith('data: [DONE]\n\n'))
    }
  })
}

test('an upstream that falls silent is covered for between events, never inside one', async () => {
  const { clock, answer, relayed, pass } = slow()
  await using api = await openApi({ clock, relayed })
  const upstream = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>()
  const asked = say(api, { stream: true })
  answer.resolve(sse(new ReadableStream({ start: (controller) => upstream.resolve(controller) })))
  const controller = await upstream.promise
  const speak = async (text: string) => {
    controller.enqueue(new TextEncoder().encode(text))
    await settle()
  }
  await speak(BEGIN)
  const reader = readerOf(await asked)
  await reader.until('hello')
  await pass(10_000)
  await reader.until(': keep-alive')
  await speak('data: {"id":"x",\n')
  await pass(40_000)
  await speak(`data: "choices":[]}\n\n${END}`)
  controller.close()
  assert.equal(await reader.rest(), `${BEGIN}: keep-alive\n\ndata: {"id":"x",\ndata: "choices":[]}\n\n${END}`)
})

test('when nobody waits any more, nothing beats', async () => {
  const clock = handClock()
  await using api = await openApi({ clock, relayed: () => sse(bytes(BEGIN, END)) })
  await Promise.all([1, 2, 3].map(async () => (await say(api, { stream: true })).text()))
  await until(() => clock.sleepers() === 0, 'the beat stops')
})
