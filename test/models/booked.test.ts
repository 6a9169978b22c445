import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as pause } from 'node:timers/promises'
import { booked, bookedCalls } from '../../src/models/booked.ts'
import type { ModelRequest, Models } from '../../src/cascade/ports.ts'
import type { Source, Taker } from '../../src/models/dispatch.ts'
import type { Relay, Relayed } from '../../src/models/relay.ts'

type Call = Parameters<Parameters<typeof booked>[2]['direct']>[0]

/** A relay whose one answer is played by the test, and what is booked of it. */
async function scene() {
  const calls: Call[] = []
  let taker: Taker | null = null
  const source: Source = { flow: (next) => void (taker = next), pause() {}, resume() {}, destroy() {} }
  const answer: Relayed = {
    status: 200,
    contentType: 'text/event-stream',
    retryAfter: null,
    contentLength: null,
    source,
    body: new ReadableStream(),
  }
  const relay: Relay = { open: async () => answer, post: async () => answer, close: async () => {} }
  let now = 0
  const clock = { now: () => (now += 5) }
  const books = booked(relay, {}, { direct: (call) => calls.push(call) }, clock)
  const heard: (string | boolean)[] = []
  const relayed = await books.open('fast', 'x'.repeat(70), new AbortController().signal)
  return {
    calls,
    heard,
    source: relayed.source,
    take: (): Taker => {
      relayed.source.flow({
        take: (bytes) => void heard.push(Buffer.from(bytes).toString()),
        end: (isWhole) => void heard.push(isWhole),
      })
      return taker!
    },
  }
}

const USAGE = '{"usage":{"prompt_tokens":40,"completion_tokens":2}}'
const ESTIMATE = { tier: 'fast', model: 'unknown', at: 5, ms: 5, characters: 70, counted: null }

test('an answer passes as it is, and what its upstream counted is booked when it is over', async () => {
  const { calls, heard, take } = await scene()
  const from = take()
  const pieces = ['y'.repeat(9_000), ...USAGE.match(/.{1,3}/g)!]
  for (const piece of pieces) from.take(Buffer.from(piece))
  await pause()
  assert.deepEqual(calls, [])
  from.end(true)
  assert.deepEqual(heard, [...pieces, true])
  await pause()
  assert.deepEqual(calls, [{ ...ESTIMATE, counted: { promptTokens: 40, completionTokens: 2 } }])
})

test('an answer without a count and one that is let go are booked once, by what was sent', async () => {
  const silent = await scene()
  silent.take().end(false)
  const left = await scene()
  const from = left.take()
  left.source.destroy()
  from.end(false)
  await pause()
  for (const { calls } of [silent, left]) assert.deepEqual(calls, [ESTIMATE])
})

test('a call that belongs to no story is booked with its usage when it is over, one that broke off is not', async () => {
  const calls: Call[] = []
  const usage = { promptTokens: 30, completionTokens: 4, reasoningTokens: 0, estimated: true }
  const models: Pick<Models, 'call' | 'modelOf'> = {
    modelOf: () => 'fast-coder',
    async *call({ maxTokens }) {
      yield 1
      if (maxTokens === 0) throw new Error('cut')
      return { text: 'done', scores: null, finishReason: 'stop', usage }
    },
  }
  let now = 0
  const clock = { now: () => (now += 5) }
  const call = bookedCalls(models, { direct: (one) => calls.push(one) }, clock)
  const ask = async (maxTokens: number): Promise<string> => {
    const words = { messages: [], temperature: 0, seed: 1, json: false, choices: null }
    const request: ModelRequest = { tier: 'fast', role: 'planner', maxTokens, ...words }
    const answer = call(request, new AbortController().signal)
    for (;;) {
      const step = await answer.next()
      if (step.done) return step.value.text
    }
  }
  assert.equal(await ask(9), 'done')
  const booking = { tier: 'fast', model: 'fast-coder', at: 5, ms: 5, characters: null, counted: usage }
  assert.deepEqual(calls, [booking])
  await assert.rejects(ask(0))
  assert.equal(calls.length, 1)
})
