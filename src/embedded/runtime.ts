import { randomBytes } from 'node:crypto'
import { SwarmError } from '../core/errors.ts'
import { tend, UNTENDED, type Care, type Sight } from '../core/server-care.ts'
import { get } from '../models/finding/get.ts'
import { startChild, type Child } from './child.ts'
import { HOST } from './http-server.ts'
import type { Installation } from './installation.ts'
import type { Settings } from './messages.ts'

/** A model served by a process of ours, as an ordinary endpoint. */
export type Runtime = {
  /** Base URL, with its `/v1`; it stays the same when the process has to be started again. */
  readonly url: string
  readonly apiKey: string
  readonly window: number
  /** Calls at once that make sense. */
  readonly slots: number
  close(): Promise<void>
}

export type RuntimeOptions = {
  readonly window?: number
  readonly sequences?: number
  /** What the user has set for his graphics card, beside the rest; none of our keys. */
  readonly environment: Readonly<Record<string, string>>
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>
  readonly onTrouble: (message: string) => void
}

const WINDOW = 16_384
/** One for each of five coders: each remembers the prompt it has read. */
const SEQUENCES = 5
/** Between two looks at its health. */
const CALM_MS = 5_000
const BUSY_MS = 250
const ANSWER_WITHIN_MS = 5_000
/** Without a graphics card five answers take five times as long as one, and what is agreed early is worth nothing. */
const SLOTS_ON_CPU = 2

/** Starts the model and keeps it up until `close`. Throws 'not-found' with what llama.cpp said when it cannot be loaded. */
export async function startRuntime(
  installation: Installation,
  options: RuntimeOptions,
  signal: AbortSignal,
): Promise<Runtime> {
  const settings = settingsOf(installation, options)
  const started = await startChild(settings, options.environment, signal)
  if (!started.ok)
    throw new SwarmError(
      'not-found',
      `the installed model ${installation.model} cannot be served: ${started.reason}; quorum models install mends it`,
    )
  const { ready } = started.child
  const over = new AbortController()
  // the tiers know one address, so who comes after it has to take the same
  const care = keepUp(started.child, { ...settings, port: ready.port }, options, over.signal)
  return {
    url: `http://${HOST}:${ready.port}/v1`,
    apiKey: settings.key,
    window: ready.window,
    slots: ready.gpu === false ? Math.min(SLOTS_ON_CPU, ready.sequences) : ready.sequences,
    async close() {
      over.abort()
      await care
    },
  }
}

const settingsOf = (
  { packageFolder, model, name }: Installation,
  { window = WINDOW, sequences = SEQUENCES }: RuntimeOptions,
): Settings => ({
  packageFolder,
  model,
  name,
  window,
  sequences,
  port: 0,
  key: randomBytes(32).toString('base64url'),
})

/** Looks after the process until the signal aborts; then it is gone. */
async function keepUp(
  first: Child,
  settings: Settings,
  { environment, now, sleep, onTrouble }: RuntimeOptions,
  signal: AbortSignal,
): Promise<void> {
  let child: Child | null = first
  let care: Care = { ...UNTENDED, phase: 'healthy', since: now(), starts: 1, launchedAt: now() }
  while (!signal.aborted) {
    const next = tend(care, await sight(child, settings, signal), now())
    if (next.care.failures > care.failures)
      onTrouble(`the embedded model's process has ended; it is started again`)
    care = next.care
    if (next.act === 'kill') await child?.kill()
    if (next.act === 'start') child = await start()
    const rest = sleep(care.phase === 'healthy' ? CALM_MS : BUSY_MS, signal)
    await Promise.race([rest, ...(child?.isRunning() ? [child.ended] : [])]).catch(() => {})
  }
  await child?.kill()

  async function start(): Promise<Child | null> {
    try {
      const started = await startChild(settings, environment, signal)
      if (started.ok) return started.child
      onTrouble(`the embedded model did not start again: ${started.reason}`)
      return null
    } catch (error) {
      if (!signal.aborted) throw error
      return null
    }
  }
}

async function sight(child: Child | null, { port }: Settings, signal: AbortSignal): Promise<Sight> {
  if (child === null || !child.isRunning()) return 'ended'
  try {
    const { status } = await get(`http://${HOST}:${port}/health`, null, ANSWER_WITHIN_MS, signal)
    return status === 200 ? 'healthy' : 'silent'
  } catch {
    // told to stop; what is seen now is of no use to anyone
    return 'healthy'
  }
}
