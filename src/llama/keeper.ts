import { tend, UNTENDED, type Sight } from '../core/server-care.ts'
import { get, post } from '../models/finding/get.ts'
import { endProcess, startOf } from '../workspace/identity.ts'
import { startService, type Service } from '../workspace/shell.ts'
import { commandOf, urlOf, type LlamaServer } from './servers-file.ts'
import type { Process, ServerState } from './state-file.ts'

export type KeeperOptions = {
  readonly program: string
  readonly server: LlamaServer
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  readonly log: string
  readonly answerWithinMs: number
}

/** Who starts one server, looks after it, and ends it. */
export type Keeper = {
  /** Looks once, after a sleep of the machine more closely, and does what follows. */
  look(now: number, hasSlept: boolean, signal: AbortSignal): Promise<void>
  state(): ServerState
  stop(): Promise<void>
}

/** How long a server may take to put away what it has loaded. */
const GRACE_MS = 10_000
/** Long enough for a token that has to wait for other calls. */
const TOKEN_WITHIN_MS = 120_000

/** A keeper, whose server has yet to be started. */
export function createKeeper({ server, ...options }: KeeperOptions): Keeper {
  let care = UNTENDED
  let running: { service: Service; process: Process } | null = null

  return {
    async look(now, hasSlept, signal) {
      const seen = await sight(signal)
      const isStuck = hasSlept && seen === 'healthy' && (await hasLostItsModel(signal))
      const next = tend(care, isStuck ? 'stuck' : seen, now)
      care = next.care
      if (next.act === 'start') running = await start()
      if (next.act === 'kill') await stop()
    },
    state() {
      const { name, model, port } = server
      return { name, model, port, process: running?.process ?? null, care }
    },
    stop,
  }

  async function sight(signal: AbortSignal): Promise<Sight> {
    if (running === null || running.service.hasEnded()) return 'ended'
    // it says 503 for as long as it loads its model
    const { status } = await get(`${urlOf(server)}/health`, null, options.answerWithinMs, signal)
    if (status === 503) return 'loading'
    return status === 200 ? 'healthy' : 'silent'
  }

  /** A graphics card may not survive a sleep, and /health does not ask it. A router would load a model for that. */
  async function hasLostItsModel(signal: AbortSignal): Promise<boolean> {
    if (server.model === null) return false
    const oneToken = { prompt: '1', max_tokens: 1 }
    const { status } = await post(`${urlOf(server)}/v1/completions`, oneToken, null, TOKEN_WITHIN_MS, signal)
    return status === null || status >= 500
  }

  async function start(): Promise<typeof running> {
    const service = await startService(commandOf(options.program, server), options)
    if (service === null) return null
    const startedAt = await startOf(service.pid)
    return startedAt === null ? null : { service, process: { pid: service.pid, startedAt } }
  }

  async function stop(): Promise<void> {
    if (running !== null) await endProcess(running.process, GRACE_MS)
    running = null
  }
}
