import assert from 'node:assert/strict'
import type { Outcome } from '../../src/core/task.ts'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import { callStart, DIFF, gate, happyEvents, patch, verified } from '../core/sample-story.ts'
import {
  ask,
  chunksIn,
  contentOf,
  handClock,
  jsonOf,
  openApi,
  readerOf,
  reasoningOf,
  stage,
} from './server.ts'
import { PROOF } from '../support/proof.ts'

/** A stream from its first to its last byte, after a happy story. */
async function happyStream(more: object = {}): Promise<{ text: string; response: Response }> {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const response = await ask(api, { stream: true, ...more })
  return { response, text: await response.text() }
}

test('rule 1: the body decides on streaming, whatever is accepted', async () => {
  const play = stage()
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const streamed = await ask(api, { stream: true }, { headers: { accept: 'application/json' } })
  assert.match(streamed.headers.get('content-type')!, /text\/event-stream/)
  const whole = await ask(api, {}, { headers: { accept: 'text/event-stream' } })
  assert.match(whole.headers.get('content-type')!, /application\/json/)
  await Promise.all([streamed.text(), whole.text()])
})

test('rule 2: headers and the role chunk come at once, before anything has happened', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const response = await ask(api, { stream: true })
  const reader = readerOf(response)
  await reader.until('"role":"assistant"')
  assert.deepEqual(chunksIn(reader.text())[0]!.choices, [
    { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
  ])
  play.end(verified)
  await reader.rest()
})

test('rule 3: a comment every ten seconds, and true words at least every thirty', async () => {
  const clock = handClock()
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, clock })
  const reader = readerOf(await ask(api, { stream: true }))
  play.tell({ type: 'attempt_start', attempt: 1, tier: 'fast' }, callStart('coder', 1), callStart('coder', 3))
  await reader.until('coder 3 types')
  const before = reader.text().length

  const came: string[] = []
  for (let second = 10; second <= 90; second += 10) {
    const from = reader.text().length
    await clock.advance(10_000)
    const news = reader.text().slice(from)
    came.push(news.startsWith(': keep-alive\n\n') ? 'comment' : reasoningOf(chunksIn(news)))
  }
  assert.ok(reader.text().length > before)
  assert.deepEqual(came, [
    'comment',
    'coders 1, 3 still typing, 20 s, nothing received yet\n',
    'comment',
    'coders 1, 3 still typing, 40 s, nothing received yet\n',
    'comment',
    'coders 1, 3 still typing, 60 s, nothing received yet\n',
    'comment',
    'coders 1, 3 still typing, 80 s, nothing received yet\n',
    'comment',
  ])
  play.end(verified)
  await reader.rest()
  assert.equal(clock.sleepers(), 0)
})

test('rule 3: signs of life that are not told do not replace the heartbeat', async () => {
  const clock = handClock()
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, clock })
  const reader = readerOf(await ask(api, { stream: true }))
  await reader.until('task accepted')
  play.tell({
    type: 'model_call_delta',
    call: 'x',
    role: 'coder',
    place: { subtask: '1', seat: 1 },
    characters: 1,
  })
  await clock.advance(10_000)
  await reader.until(': keep-alive\n\n')
  play.end(verified)
  await reader.rest()
})

test('rule 4: progress stands in reasoning_content, one line per event', async () => {
  const { text } = await happyStream()
  const lines = reasoningOf(chunksIn(text)).split('\n')
  assert.equal(lines[0], 'task accepted, workspace app')
  assert.ok(lines.includes('coder 1: test passed in 3.2 s'))
  assert.equal(lines.at(-2), 'done: every check passed')
  assert.ok(!text.includes('"reasoning":') && !text.includes('tool_calls'))
})

test('rule 5 and 6: nothing but chunks and comments: no named event, no id, no retry', async () => {
  const { text } = await happyStream()
  for (const line of text.split('\n')) {
    assert.match(line, /^(?:data: \{"id":"chatcmpl-|data: \[DONE\]$|: keep-alive$|$)/)
  }
  for (const chunk of chunksIn(text)) {
    assert.equal(chunk.object, 'chat.completion.chunk')
    assert.equal(chunk.choices.length, 1)
    assert.ok(Number.isInteger(chunk.created))
  }
})

test('rule 7: content and reasoning never share a chunk, and content waits for the outcome', async () => {
  const { text } = await happyStream()
  const kinds = chunksIn(text).map(({ choices }) => Object.keys(choices[0]!.delta).join('+'))
  assert.deepEqual(
    kinds.filter((kind, index) => kind !== kinds[index - 1]),
    ['role+content', 'reasoning_content', 'content', ''],
  )
})

test('rule 8: usage is null on every chunk, and real only on a last one without choices', async () => {
  const { text } = await happyStream({ stream_options: { include_usage: true } })
  const chunks = chunksIn(text)
  const last = chunks.pop()!
  assert.ok(chunks.every(({ usage }) => usage === null))
  assert.deepEqual(last.choices, [])
  assert.deepEqual(last.usage, {
    prompt_tokens: 400,
    completion_tokens: 80,
    total_tokens: 480,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 20,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  })
})

test('rule 8: usage that was not asked for is not sent', async () => {
  const { text } = await happyStream()
  assert.ok(chunksIn(text).every(({ usage }) => usage === null))
})

test('rule 9: the stream ends with an empty delta that says stop, then [DONE]', async () => {
  const { text } = await happyStream()
  assert.deepEqual(chunksIn(text).at(-1)!.choices[0], {
    index: 0,
    delta: {},
    logprobs: null,
    finish_reason: 'stop',
  })
  assert.ok(text.endsWith('\n\ndata: [DONE]\n\n'))
  assert.equal(text.match(/"finish_reason":"/g)!.length, 1)
})

test('rule 10: the answer is never empty and never cut, whatever the outcome', async () => {
  const endings: (Outcome | Error)[] = [
    verified,
    { kind: 'unverified', files: [], patch: patch(), gates: [], reason: 'no checks', proof: PROOF },
    { kind: 'abstained', reason: 'five attempts', best: null },
    new SwarmError('timeout', 'no answer in time'),
    new TypeError('a bug'),
  ]
  for (const ending of endings) {
    const play = stage()
    play.end(ending)
    await using api = await openApi({ cascade: play.cascade })
    const chunks = chunksIn(await (await ask(api, { stream: true })).text())
    assert.ok(contentOf(chunks).length > 20)
    assert.equal(chunks.at(-1)!.choices[0]!.finish_reason, 'stop')
  }
})

test('rule 11: a fault after the first byte is content that says so', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  const reader = readerOf(await ask(api, { stream: true }))
  await reader.until('"role":"assistant"')
  play.end(new SwarmError('upstream', 'the model server went away'))
  const text = await reader.rest()
  assert.match(contentOf(chunksIn(text)), /^The task broke off, .*the model server went away\./)
  assert.ok(!text.includes('"error"'))
  assert.ok(text.endsWith('data: [DONE]\n\n'))
})

test('an abstention shows the closest attempt and claims nothing', async () => {
  const play = stage()
  const best = { patch: patch(), gates: [gate('failed')], why: 'tests fail' }
  play.end({ kind: 'abstained', reason: 'five attempts', best })
  await using api = await openApi({ cascade: play.cascade })
  const content = contentOf(chunksIn(await (await ask(api, { stream: true })).text()))
  assert.match(content, /^Nothing passed/)
  assert.ok(content.includes(DIFF))
})

test('rule 16: no line is longer than 16 KiB, also for a diff of a megabyte', async () => {
  const line = `+${'"\\\u0001€😀\t'.repeat(2_000)}\n`
  const diff = `${DIFF}${line.repeat(70)}`
  assert.ok(Buffer.byteLength(diff) > 1_000_000)
  const play = stage()
  play.end({
    kind: 'verified',
    files: [],
    patch: patch(diff),
    gates: [gate()],
    testsChanged: [],
    proof: PROOF,
  })
  await using api = await openApi({ cascade: play.cascade })
  const text = await (await ask(api, { stream: true })).text()
  assert.ok(Math.max(...text.split('\n').map((line) => Buffer.byteLength(line))) <= 16 * 1024)
  assert.ok(contentOf(chunksIn(text)).includes(`\`\`\`diff\n${diff}\`\`\``))
})

test('rule 17 and 20: the models have safe names and all four fields', async () => {
  await using api = await openApi()
  const list = await jsonOf<{ object: string; data: { id: string }[] }>(await fetch(`${api.url}/v1/models`))
  assert.equal(list.object, 'list')
  assert.deepEqual(
    list.data.map(({ id }) => id),
    ['quorum', 'quorum-fast', 'quorum-max', 'quorum-chat', 'quorum@app', 'quorum@docs'],
  )
  for (const model of list.data) {
    assert.deepEqual(Object.keys(model), ['id', 'object', 'created', 'owned_by'])
    assert.doesNotMatch(model.id, /^o\d|gpt-[5-9]|o[134]/)
  }
})

test('the stream names its task in a header and in its id', async () => {
  const { response, text } = await happyStream()
  assert.equal(response.headers.get('x-quorum-task'), 't1')
  assert.ok(chunksIn(text).every(({ id }) => id === 'chatcmpl-t1'))
})

test('a slow client gets every byte, and holds up nobody else', async () => {
  const diff = `${DIFF}${`+${'x'.repeat(1_000)}\n`.repeat(3_000)}`
  const play = stage()
  play.end({
    kind: 'verified',
    files: [],
    patch: patch(diff),
    gates: [gate()],
    testsChanged: [],
    proof: PROOF,
  })
  await using api = await openApi({ cascade: play.cascade })
  const slow = await ask(api, { stream: true })
  const fast = await (await fetch(`${api.url}/api/task/t1/events`)).text()
  assert.match(fast, /task_complete/)

  const reader = slow.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let reads = 0; ; reads += 1) {
    const { done, value } = await reader.read()
    if (done) break
    text += value
    if (reads % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.ok(contentOf(chunksIn(text)).includes(diff))
})
