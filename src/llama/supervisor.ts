import { dirname } from 'node:path'
import { hasSlept } from '../core/server-care.ts'
import { startOf } from '../workspace/identity.ts'
import { createKeeper, type Keeper } from './keeper.ts'
import type { Servers } from './servers-file.ts'
import { claimState, logOf, removeState, writeState, type State } from './state-file.ts'

export type SupervisorOptions = {
  readonly servers: Servers
  /** Where state and logs go. */
  readonly dir: string
  readonly environment: Readonly<Record<string, string>>
  /** Wall time, which goes on while the machine sleeps. */
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** After this an unanswered look counts as missed. */
  readonly answerWithinMs: number
  /** Is told the state after each round. */
  readonly onRound?: (state: State) => void
}

/** Between two rounds while all is well, and while it is not. */
const CALM_MS = 5_000
const BUSY_MS = 500

/** Starts the servers and keeps them up until the signal aborts; then nothing of them is left. */
export async function supervise(options: SupervisorOptions, signal: AbortSignal): Promise<void> {
  const { servers, dir, now, sleep } = options
  const keepers = keepersOf(options)
  const supervisor = { pid: process.pid, startedAt: (await startOf(process.pid)) ?? '' }
  const state = (): State => ({ file: servers.file, supervisor, servers: keepers.map((one) => one.state()) })
  await claimState(dir, state())
  try {
    for (let before = now(), apart = 0; !signal.aborted;) {
      const at = now()
      await all(keepers.map((one) => one.look(at, hasSlept(before, at, apart), signal)))
      before = at
      await writeState(dir, state())
      options.onRound?.(state())
      apart = restAfter(keepers)
      await sleep(apart, signal)
    }
  } catch (error) {
    // being told to stop is how this ends
    if (!signal.aborted) throw error
  } finally {
    await Promise.all(keepers.map((one) => one.stop()))
    await removeState(dir)
  }
}

/** Waits for every one, so that nobody starts a server that the end does not know of. */
async function all(looks: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(looks)
  const failed = ended.find((look) => look.status === 'rejected')
  if (failed) throw failed.reason
}

function keepersOf({ servers, dir, environment, answerWithinMs }: SupervisorOptions): Keeper[] {
  const { file, program } = servers
  return servers.servers.map((server) =>
    createKeeper({
      program,
      server,
      environment,
      answerWithinMs,
      cwd: dirname(file),
      log: logOf(dir, server.name),
    }),
  )
}

const restAfter = (keepers: readonly Keeper[]): number =>
  keepers.every((one) => one.state().care.phase === 'healthy') ? CALM_MS : BUSY_MS
