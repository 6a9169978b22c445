import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import { callStart, DIFF, happyEvents, verified } from '../core/sample-story.ts'
import { deltasOf, eventsIn, respond, sdkOf, typesOf, type Told } from './responses-events.ts'
import { ASK, ask, handClock, jsonOf, openApi, readerOf, stage, until } from './server.ts'

const THOUGHT = 'response.reasoning_summary_text.delta'
const TEXT = 'response.output_text.delta'

/** What a task's stream holds, after a happy story. */
async function happyStream(more: object = {}): Promise<{ events: Told[]; response: Response; text: string }> {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const response = await respond(api, { stream: true, ...more })
  const text = await response.text()
  return { events: eventsIn(text), response, text }
}

test('a task is told as a reasoning summary, and its answer as one output text', async () => {
  const { events, response } = await happyStream()
  assert.match(response.headers.get('content-type')!, /text\/event-stream/)
  assert.equal(response.headers.get('x-quorum-route'), 'task')
  assert.deepEqual(typesOf(events), [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    THOUGHT,
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    TEXT,
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  const lines = deltasOf(events, THOUGHT).split('\n')
  assert.equal(lines[0], 'task accepted, workspace app')
  assert.ok(lines.includes('coder 1: test passed in 3.2 s'))
  assert.ok(deltasOf(events, TEXT).includes(DIFF))
})

test('the object at the end says what the deltas said, and the sum over every call', async () => {
  const { events, response } = await happyStream()
  const { response: object } = events.at(-1)!
  assert.equal(object!.id, `resp_${response.headers.get('x-quorum-task')}`)
  assert.equal(object!.status, 'completed')
  assert.deepEqual(
    object!.output.map(({ type }) => type),
    ['reasoning', 'message'],
  )
  assert.deepEqual(
    object!.output,
    events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item),
  )
  assert.deepEqual(object!.usage, {
    input_tokens: 400,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 80,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 480,
  })
})

test("openai's own stream helper reads a task to its end", async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  let thoughts = ''
  const stream = sdkOf(api).responses.stream({ model: 'quorum', input: ASK })
  stream.on(THOUGHT, ({ delta }) => (thoughts += delta))
  const final = await stream.finalResponse()
  assert.equal(final.status, 'completed')
  assert.ok(final.output_text.includes(DIFF))
  assert.match(thoughts, /^task accepted, workspace app\n/)
  assert.equal(play.tasks[0]!.request, ASK)
})

test('without "stream" the same comes as one object, after white space', async () => {
  const clock = handClock()
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, clock })
  const response = await respond(api)
  assert.match(response.headers.get('content-type')!, /application\/json/)
  const reader = readerOf(response)
  await until(() => clock.sleepers() > 0, 'the heartbeat waits')
  await clock.advance(10_000)
  await reader.until('\n ')
  play.tell(...happyEvents)
  play.end(verified)
  const object = JSON.parse(await reader.rest())
  assert.equal(object.object, 'response')
  assert.equal(object.status, 'completed')
  assert.ok(object.output[1].content[0].text.includes(DIFF))
})

test("openai's client gets a task's answer as output_text", async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const response = await sdkOf(api).responses.create({ model: 'quorum', input: ASK })
  assert.ok(response.output_text.includes(DIFF))
  assert.equal(response.error, null)
})

test('a task that breaks off ends as ordinary text and response.completed', async () => {
  const play = stage()
  play.end(new SwarmError('upstream', 'the model server is gone'))
  await using api = await openApi({ cascade: play.cascade })
  const events = eventsIn(await (await respond(api, { stream: true })).text())
  assert.equal(events.at(-1)!.type, 'response.completed')
  assert.match(deltasOf(events, TEXT), /broke off.*the model server is gone/)
})

test('while nothing happens an event comes every ten seconds, and true words at least every thirty', async () => {
  const clock = handClock()
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, clock })
  const reader = readerOf(await respond(api, { stream: true }))
  play.tell({ type: 'attempt_start', attempt: 1, tier: 'fast' }, callStart('coder', 1))
  await reader.until('coder 1 types')
  const before = eventsIn(reader.text()).length
  for (let second = 10; second <= 60; second += 10) await clock.advance(10_000)
  await reader.until('60 s')
  const came = eventsIn(reader.text()).slice(before)
  assert.equal(came.filter(({ type }) => type === 'keepalive').length, 6)
  assert.deepEqual(
    came.filter(({ type }) => type === THOUGHT).map(({ delta }) => delta),
    [20, 40, 60].map((seconds) => `coder 1 still typing, ${seconds} s, nothing received yet\n`),
  )
  play.end(verified)
  await reader.rest()
  assert.equal(clock.sleepers(), 0)
})

test("openai's stream helper lives through the heartbeats", async () => {
  const clock = handClock()
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, clock })
  const stream = sdkOf(api).responses.stream({ model: 'quorum', input: ASK })
  const told: string[] = []
  stream.on('event', ({ type }) => told.push(type))
  await until(() => told.includes(THOUGHT), 'the story begins')
  await clock.advance(10_000)
  play.tell(...happyEvents)
  play.end(verified)
  assert.equal((await stream.finalResponse()).status, 'completed')
  assert.ok(told.includes('keepalive'))
})

test('a client that leaves takes its task with it', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const left = new AbortController()
  const reader = readerOf(await respond(api, { stream: true }, { signal: left.signal }))
  await reader.until('task accepted')
  left.abort()
  await until(() => play.cleaned() === 1, 'the cascade is cleaned up')
})

test('the same request as a chat joins the task that works on it', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const first = await respond(api, { stream: true })
  const second = await ask(api, { stream: true })
  assert.equal(second.headers.get('x-quorum-task'), first.headers.get('x-quorum-task'))
  play.end(verified)
  await Promise.all([first.text(), second.text()])
  assert.equal(play.tasks.length, 1)
})

test('reasoning.effort is the dial', async () => {
  const play = stage()
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  await (await respond(api, { reasoning: { effort: 'high', summary: 'auto' } })).text()
  assert.equal(play.tasks[0]!.effort, 'high')
  const refused = await respond(api, { reasoning: { effort: 'huge' } })
  assert.equal(refused.status, 400)
  const { error } = await jsonOf<{ error: { param: string } }>(refused)
  assert.equal(error.param, 'reasoning.effort')
})

test('earlier turns are the conversation, and the instructions of a client are not', async () => {
  const play = stage()
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const input = [
    { role: 'developer', content: 'You are in a sandbox.' },
    { role: 'user', content: [{ type: 'input_text', text: 'What does the parser do?' }] },
    { type: 'reasoning', id: 'rs_1', summary: [] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It parses.' }] },
    { role: 'user', content: [{ type: 'input_text', text: ASK }] },
  ]
  await (await respond(api, { instructions: 'Answer in JSON.', input })).text()
  assert.equal(play.tasks[0]!.request, ASK)
  assert.equal(play.tasks[0]!.conversation, 'user: What does the parser do?\n\nassistant: It parses.')
})

test('a header makes a task of an agent turn, which is answered in text', async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const tools = [{ type: 'function', name: 'shell', parameters: { type: 'object' } }]
  const response = await respond(api, { stream: true, tools }, { headers: { 'x-quorum': 'task' } })
  const events = eventsIn(await response.text())
  assert.ok(deltasOf(events, TEXT).includes(DIFF))
  assert.deepEqual(
    events.at(-1)!.response!.output.map(({ type }) => type),
    ['reasoning', 'message'],
  )
})
