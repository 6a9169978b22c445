import { NO_BUDGET } from '../../src/core/task.ts'
import { NO_EXPERIENCE } from '../../src/core/experience.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, tryAsk, type Question } from '../../src/cascade/ask.ts'
import type { ModelReply, Ports } from '../../src/cascade/ports.ts'
import { SwarmError } from '../../src/core/errors.ts'
import type { SwarmEvent } from '../../src/core/event.ts'

const never = new AbortController().signal
const usage = { promptTokens: 7, completionTokens: 3, reasoningTokens: 0, estimated: false }
const question: Question = {
  taskId: 'task_1',
  attempt: 2,
  role: 'coder',
  place: { subtask: '1', seat: 4 },
  tier: 'fast',
  prompt: {
    messages: [{ role: 'user', content: 'x'.repeat(35) }],
    temperature: 0.5,
    maxTokens: 10,
    json: false,
  },
}

type Speech = (signal: AbortSignal) => AsyncGenerator<number, ModelReply, void>

/** Ports as far as a call needs them: a model that speaks like this, and a clock that ticks 300 ms at a look. */
function portsOf(call: Speech): Ports {
  let now = 0
  return {
    experience: NO_EXPERIENCE,
    models: { tiers: ['fast'], modelOf: () => 'fast-coder', call: (_, signal) => call(signal) },
    prompts: { render: () => question.prompt, version: () => 'v1' },
    clock: { now: () => (now += 300), sleep: async () => {} },
    limits: {
      seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 },
      ballots: 5,
      quorum: 3,
      reviewLoops: 3,
      attemptsPerTier: 2,
      attempts: 5,
      patchLines: 300,
      temperatures: [0.3, 0.7],
      patience: 0,
      patienceMs: 0,
      contextCharacters: 1_000,
      budget: NO_BUDGET,
      voting: 'by-effort' as const,
    },
  }
}

const speaking: Speech = async function* () {
  for (let characters = 1; characters <= 4; characters += 1) yield characters
  return { text: 'done', scores: null, finishReason: 'stop', usage }
}
const breaking = (error: Error): Speech =>
  async function* () {
    yield 35
    throw error
  }

async function heard<Result>(stage: AsyncGenerator<SwarmEvent, Result, void>) {
  const events: SwarmEvent[] = []
  try {
    for (;;) {
      const next = await stage.next()
      if (next.done) return { events, result: next.value, error: null }
      events.push(next.value)
    }
  } catch (error) {
    return { events, result: null, error }
  }
}

test('a call is told from its start over signs of life to its end', async () => {
  const { events, result } = await heard(ask(question, portsOf(speaking), never))
  assert.equal(result?.text, 'done')
  assert.equal(events[0]?.type, 'model_call_start')
  assert.ok(events.slice(1, -1).every(({ type }) => type === 'model_call_delta'))
  assert.ok(events.length > 2 && events.length < 6, 'signs of life are told at most every half second')
  const end = events.at(-1)
  assert.ok(end?.type === 'model_call_complete')
  assert.deepEqual([end.call, end.status, end.usage, end.error], ['2/1/coder/4', 'ok', usage, null])
})

test('a call that breaks is told to have failed, with what it cost as far as one can tell', async () => {
  const fault = new SwarmError('upstream', 'cut')
  const { events, error } = await heard(ask(question, portsOf(breaking(fault)), never))
  assert.equal(error, fault)
  const end = events.at(-1)
  assert.ok(end?.type === 'model_call_complete')
  assert.deepEqual([end.status, end.error], ['failed', 'cut'])
  assert.deepEqual(end.usage, { promptTokens: 10, completionTokens: 10, reasoningTokens: 0, estimated: true })
})

test('a call that is cancelled is told to have been cancelled, and throws', async () => {
  const cancel = new AbortController()
  const waiting: Speech = async function* (signal) {
    yield 1
    await sleep(60_000, undefined, { signal })
    return { text: '', scores: null, finishReason: 'stop', usage }
  }
  const told = heard(ask(question, portsOf(waiting), cancel.signal))
  await sleep(5)
  cancel.abort(new Error('enough'))
  const { events, error } = await told
  assert.equal(error instanceof Error && error.name, 'AbortError')
  const end = events.at(-1)
  assert.ok(end?.type === 'model_call_complete')
  assert.deepEqual([end.status, end.error], ['cancelled', null])
})

test('whoever stops listening closes the stream', async () => {
  let closed = false
  const endless: Speech = async function* () {
    try {
      for (let characters = 1; ; characters += 1) yield characters
    } finally {
      closed = true
    }
  }
  for await (const event of ask(question, portsOf(endless), never))
    if (event.type === 'model_call_delta') break
  assert.equal(closed, true)
})

test('a fault is an answer for those a task can do without; a bug and a cancellation are not', async () => {
  const fault = new SwarmError('timeout', 'silent')
  assert.deepEqual((await heard(tryAsk(question, portsOf(breaking(fault)), never))).result, {
    ok: false,
    error: fault,
  })
  const bug = new TypeError('bug')
  assert.equal((await heard(tryAsk(question, portsOf(breaking(bug)), never))).error, bug)
  const gone = AbortSignal.abort(fault)
  assert.equal((await heard(tryAsk(question, portsOf(breaking(fault)), gone))).error, fault)
})
