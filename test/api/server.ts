import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { createApp } from '../../src/api/app.ts'
import type { ApiServices, Relayed } from '../../src/api/services.ts'
import type { Clock } from '../../src/cascade/ports.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import type { Outcome, Task } from '../../src/core/task.ts'
import { loadPrompts } from '../../src/models/prompts.ts'
import { createRunner, type RunnerOptions, type Runner } from '../../src/tasks/runner.ts'

/** A task that says to change code, whatever else is in the request. */
export const ASK = 'Fix the parser so that it accepts CRLF'

/** A cascade played by hand: the test says what happens, and sees what was asked and what was cancelled. */
export function stage() {
  const told: SwarmEvent[] = []
  let news = Promise.withResolvers<void>()
  let outcome: Outcome | Error | null = null
  const tasks: Task[] = []
  const signals: AbortSignal[] = []
  let cleaned = 0

  const cascade: RunnerOptions['cascade'] = async function* (task, signal) {
    tasks.push(task)
    signals.push(signal)
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort)
    try {
      for (let next = 0; ;) {
        signal.throwIfAborted()
        const event = told[next]
        if (event) {
          next += 1
          yield event
        } else if (outcome instanceof Error) throw outcome
        else if (outcome) return outcome
        else await news.promise
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      cleaned += 1
    }
  }
  const wake = () => {
    news.resolve()
    news = Promise.withResolvers<void>()
  }
  return {
    cascade,
    tasks,
    signals,
    cleaned: () => cleaned,
    tell(...events: SwarmEvent[]) {
      told.push(...events)
      wake()
    },
    end(how: Outcome | Error) {
      outcome = how
      wake()
    },
  }
}

/** A clock that stands still until it is moved. */
export function handClock(): Clock & { advance(ms: number): Promise<void>; sleepers(): number } {
  let now = 1_700_000_000_000
  const sleepers = new Set<{ until: number; wake: () => void }>()
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + ms, wake: resolve }
        const leave = () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        }
        if (signal.aborted) return leave()
        sleepers.add(sleeper)
        signal.addEventListener('abort', leave, { once: true })
      }),
    sleepers: () => sleepers.size,
    async advance(ms) {
      now += ms
      for (const sleeper of [...sleepers].filter(({ until }) => until <= now)) {
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      await settle()
    },
  }
}

/** Lets everything that is ready happen, sockets included. */
export const settle = (): Promise<void> => sleep(20)

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}

export type Api = AsyncDisposable & {
  url: string
  runner: Runner
  services: ApiServices
  opened: OpenedDirectly[]
}
export type OpenedDirectly = { tier: string; body: string; signal: AbortSignal }

export type ApiOptions = Partial<Omit<ApiServices, 'runner' | 'workspaces'>> & {
  /** Instead of the two that are there, as far as they differ. */
  workspaces?: Partial<ApiServices['workspaces']>
  cascade?: RunnerOptions['cascade']
  maxTasks?: number
  /** How the upstream answers what is relayed. */
  relayed?: (opened: OpenedDirectly) => Promise<Relayed> | Relayed
}

/** The real server on a free port, before a runner and services of the test's own. */
export async function openApi(options: ApiOptions = {}): Promise<Api> {
  const { cascade, relayed, maxTasks = 8, workspaces, ...overrides } = options
  let ids = 0
  const clock = overrides.clock ?? realClock
  const opened: OpenedDirectly[] = []
  const runner = createRunner({
    cascade: cascade ?? stage().cascade,
    now: () => clock.now(),
    newId: () => `t${(ids += 1)}`,
    readers: [],
    maxTasks,
    keepTasks: 20,
  })
  const services: ApiServices = {
    runner,
    relay: {
      async open(tier, body, signal) {
        const call = { tier, body, signal }
        opened.push(call)
        return (relayed ?? sayHello)(call)
      },
      post: async () => assert.fail('nothing but chats is expected to be relayed'),
    },
    catalogue: { all: async () => [], find: async () => null },
    senses: NO_SENSES,
    workspaces: {
      names: () => ['app', 'docs'],
      has: async (name) => ['app', 'docs', 'team/below'].includes(name),
      contains: async (_, paths) => paths.every((path) => path.startsWith('src/')),
      baseOf: async () => 'a'.repeat(40),
      look: async () => ({ paths: [], read: async () => undefined }),
      at: async () => null,
      ...workspaces,
    },
    tools: { cards: [], call: async () => assert.fail('no tool is expected to be asked') },
    outsideTools: { cards: [], call: async () => assert.fail('no tool is expected to be asked') },
    withheld: { isPrivate: () => false, filesIn: async () => [] },
    prompts: loadPrompts(join(import.meta.dirname, '..', '..', 'prompts')),
    limits: { contextCharacters: 60_000 },
    models: { tiers: ['fast', 'deep'], modelOf: (tier) => `${tier}-coder` },
    freeSlot: async () => new DisposableStack(),
    ready: async () => ({ ok: true, upstream: 'http://up', models: ['fast-coder'], reason: null }),
    apiKey: null,
    bodyLimit: 4 * 1024 * 1024,
    corsOrigins: ['*'],
    // who leaves is gone, unless a test is about coming back
    graceMs: 0,
    joinMs: 900_000,
    receipt: () => null,
    delivered: () => null,
    clock,
    version: '0.0.0',
    ...overrides,
  }
  const server = serve({ fetch: createApp(services).fetch, port: 0, hostname: '127.0.0.1' })
  if (!(server instanceof Server)) throw new Error('expected a plain HTTP server')
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    runner,
    services,
    opened,
    async [Symbol.asyncDispose]() {
      await runner.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Nobody sees, nobody hears, and nothing is fetched. */
export const NO_SENSES: ApiServices['senses'] = {
  find: async () => null,
  advice: (kind) => `no model for a ${kind}`,
  describe: async () => assert.fail('nobody sees'),
  transcribe: async () => assert.fail('nobody hears'),
  chat: async () => assert.fail('nobody sees'),
  fetchPicture: async () => assert.fail('nothing is fetched'),
}

const sayHello = (): Relayed => ({
  status: 200,
  contentType: 'application/json',
  body: bytes('{"choices":[{"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}'),
})

export const bytes = (...chunks: string[]): ReadableStream<Uint8Array> =>
  ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)))

export const post = (
  url: string,
  body: unknown,
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...init.headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: init.signal ?? null,
  })

export const asks = (content: string = ASK, more: object = {}) => ({
  model: 'quorum',
  messages: [{ role: 'user', content }],
  ...more,
})

export const ask = (
  { url }: Api,
  more: object = {},
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> => post(`${url}/v1/chat/completions`, asks(ASK, more), init)

export type Chunk = {
  id: string
  object: string
  created: number
  model: string
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null
  choices: {
    index: number
    delta: { role?: string; content?: string; reasoning_content?: string }
    finish_reason: string | null
  }[]
}

export const chunksIn = (text: string): Chunk[] => linesIn<Chunk>(text)

/** What a stream's lines say; fails on any line that is neither data nor a comment. */
export function linesIn<Shape>(text: string): Shape[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':') && line !== 'data: [DONE]')
    .map((line): Shape => JSON.parse(line.replace(/^data: /, '')))
}

export const contentOf = (chunks: readonly Chunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
export const reasoningOf = (chunks: readonly Chunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.reasoning_content ?? '').join('')

/** Reads a body bit by bit: what has come by now, and the rest. */
export function readerOf(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  let ended = false
  const pump = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += value
    }
  })()
  void pump.catch(() => {}).then(() => (ended = true))
  return {
    text: () => text,
    ended: () => ended,
    /** Waits until something is in the text. */
    async until(part: string | RegExp): Promise<string> {
      for (let tries = 0; tries < 250; tries += 1) {
        if (typeof part === 'string' ? text.includes(part) : part.test(text)) return text
        await sleep(10)
      }
      throw new Error(`never came: ${String(part)} in ${text.slice(0, 2_000)}`)
    },
    async rest(): Promise<string> {
      await pump
      return text
    },
  }
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (condition()) return
    await sleep(10)
  }
  throw new Error(`not within a second: ${what}`)
}

/** A body as the test expects it to be. */
export async function jsonOf<Shape>(response: Response): Promise<Shape> {
  const body: Shape = JSON.parse(await response.text())
  return body
}

export type ErrorAnswer = {
  error: { message: string; type: string; param: string | null; code: string | null }
}
