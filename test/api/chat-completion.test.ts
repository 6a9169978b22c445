import assert from 'node:assert/strict'
import { test } from 'node:test'
import OpenAI, { APIError } from 'openai'
import { SwarmError } from '../../src/core/errors.ts'
import { DIFF, happyEvents, verified } from '../core/sample-story.ts'
import { ask, ASK, handClock, openApi, readerOf, stage, until, type Api } from './server.ts'

const sdk = ({ url }: Api): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })

async function streamed(api: Api, signal: AbortSignal): Promise<void> {
  const body = { model: 'quorum', messages, stream: true } as const
  for await (const chunk of await sdk(api).chat.completions.create(body, { signal })) assert.ok(chunk.id)
}

async function whole(api: Api, signal: AbortSignal): Promise<void> {
  await sdk(api).chat.completions.create({ model: 'quorum', messages }, { signal })
}

const messages = [{ role: 'user' as const, content: ASK }]

test('rule 15: without streaming the headers come at once, then white space, then the object', async () => {
  const clock = handClock()
  const play = stage()
  await using api = await openApi({ cascade: play.cascade, clock })
  const response = await ask(api)
  assert.equal(response.status, 200)
  const reader = readerOf(response)
  await clock.advance(10_000)
  await clock.advance(10_000)
  assert.equal(reader.text(), '\n  ')
  play.tell(...happyEvents)
  play.end(verified)
  const answer = JSON.parse(await reader.rest())
  assert.equal(answer.object, 'chat.completion')
  assert.equal(answer.choices[0].finish_reason, 'stop')
  assert.equal(answer.choices[0].message.refusal, null)
  assert.equal(answer.choices[0].logprobs, null)
})

test('the openai SDK reads an answer that was not streamed, with honest usage', async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const answer = await sdk(api).chat.completions.create({ model: 'quorum', messages })
  assert.ok(answer.choices[0]!.message.content!.includes(DIFF))
  assert.equal(answer.usage?.total_tokens, 480)
  assert.equal(answer.usage?.completion_tokens_details?.reasoning_tokens, 20)
  assert.equal(answer.id, 'chatcmpl-t1')
})

test('the openai SDK reads a stream, by hand and with its helper', async () => {
  const play = stage()
  play.tell(...happyEvents)
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const body = { model: 'quorum', messages, stream_options: { include_usage: true } }

  let content = ''
  let tokens: number | undefined
  for await (const chunk of await sdk(api).chat.completions.create({ ...body, stream: true })) {
    content += chunk.choices[0]?.delta.content ?? ''
    tokens = chunk.usage?.total_tokens ?? tokens
  }
  assert.ok(content.includes(DIFF))
  assert.equal(tokens, 480)

  const whole = await sdk(api)
    .chat.completions.stream({ ...body, stream: true })
    .finalChatCompletion()
  assert.ok(whole.choices[0]!.message.content!.includes(DIFF))
})

test('a fault in an answer that was not streamed is content as well', async () => {
  const play = stage()
  play.end(new SwarmError('timeout', 'no model answered in time'))
  await using api = await openApi({ cascade: play.cascade })
  const answer = await sdk(api).chat.completions.create({ model: 'quorum', messages })
  assert.match(answer.choices[0]!.message.content!, /no model answered in time/)
  assert.equal(answer.choices[0]!.finish_reason, 'stop')
})

test('the openai SDK sees its own error classes, and asks once', async () => {
  await using api = await openApi({
    ready: async () => ({ ok: false, upstream: 'http://up', models: [], reason: 'connection refused' }),
  })
  const error = await sdk(api)
    .chat.completions.create({ model: 'quorum', messages, stream: true })
    .then(
      () => assert.fail('expected an error'),
      (error: unknown) => error,
    )
  assert.ok(error instanceof APIError)
  assert.equal(error.status, 503)
  assert.match(error.message, /http:\/\/up is not ready: connection refused/)
  assert.equal(error.type, 'upstream_error')
  assert.ok(error.requestID)
})

for (const stream of [true, false]) {
  test(`the SDK's abort cancels the task and leaves nothing open (stream: ${stream})`, async () => {
    const clock = handClock()
    const play = stage()
    await using api = await openApi({ cascade: play.cascade, clock })
    const leaving = new AbortController()
    const { signal } = leaving
    const asked = (stream ? streamed(api, signal) : whole(api, signal)).catch(() => null)
    await until(() => play.signals.length === 1 && clock.sleepers() === 1, 'the task runs')
    leaving.abort()
    await asked

    await until(() => play.signals[0]!.aborted, 'the cascade is told')
    const state = await api.runner.get('t1')!.done
    assert.deepEqual([state.status, state.reason], ['cancelled', 'the client left'])
    assert.equal(play.cleaned(), 1)
    await until(() => clock.sleepers() === 0, 'the heartbeat has stopped')
  })
}

test('a break out of the SDK stream cancels the task', async () => {
  const play = stage()
  await using api = await openApi({ cascade: play.cascade })
  for await (const chunk of await sdk(api).chat.completions.create({
    model: 'quorum',
    messages,
    stream: true,
  })) {
    if (chunk.choices[0]?.delta) break
  }
  assert.equal((await api.runner.get('t1')!.done).status, 'cancelled')
})
