import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '../config.ts'
import { isUp, takeDown } from '../llama/down.ts'
import { requireReady } from '../llama/ready.ts'
import { readServers, SERVERS_FILE, type Servers } from '../llama/servers-file.ts'
import { llamaDir, readState } from '../llama/state-file.ts'
import { supervise, type SupervisorOptions } from '../llama/supervisor.ts'
import { onInterrupt } from './interrupt.ts'
import { inherited, startSupervisor, whenHealthy } from './llama-start.ts'
import { createTeller, settings, statusTable } from './llama-text.ts'

export type LlamaFlags = { file?: string; foreground?: boolean }

/** Starts the servers of a file, and returns when all of them are ready; or looks after them here. */
export async function up({ file = SERVERS_FILE, foreground = false }: LlamaFlags): Promise<number> {
  using interrupt = onInterrupt()
  const { cwd, cacheDir } = loadConfig({ overrides: {}, cwd: process.cwd() })
  const servers = readServers(resolve(cwd, file))
  const dir = llamaDir(cacheDir)
  if (await isUp(dir)) return alreadyUp(dir)
  // what a supervisor that was killed has left
  await takeDown(dir)
  await requireReady(servers)
  await mkdir(dir, { recursive: true })
  if (foreground) return stay(servers, dir, interrupt.signal)
  return start(servers, dir, interrupt.signal)
}

async function alreadyUp(dir: string): Promise<number> {
  await status()
  const state = await readState(dir)
  console.error(
    `\nquorum: the servers of ${state?.file ?? 'another file'} are up; end them by quorum llama down`,
  )
  return 1
}

async function start(servers: Servers, dir: string, signal: AbortSignal): Promise<number> {
  try {
    const supervisor = await startSupervisor(servers, dir)
    await whenHealthy(supervisor, dir, createTeller(console.log), signal)
  } catch (error) {
    // half of a swarm would only be found out about later
    await takeDown(dir)
    throw error
  }
  console.log(`\n${settings(servers.servers)}`)
  return 0
}

/** After this an unanswered look counts as missed: /health does not wait for the model. */
const ANSWER_WITHIN_MS = 5_000

async function stay(servers: Servers, dir: string, signal: AbortSignal): Promise<number> {
  const options: SupervisorOptions = {
    servers,
    dir,
    environment: serverEnvironment(),
    now: Date.now,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    answerWithinMs: ANSWER_WITHIN_MS,
    onRound: createTeller(console.log),
  }
  await supervise(options, signal)
  return 0
}

/** Our keys are none of theirs, and nothing may move a server elsewhere. */
const NOT_FOR_SERVERS = /^(?:PATH|QUORUM_.*|LITELLM_.*|LLAMA_ARG_(?:HOST|PORT|API_PREFIX|CORS_ORIGINS))$/i

/** All that the user has set for his GPU and his downloads. */
function serverEnvironment(): Record<string, string> {
  // its default lets any page in the user's browser call it
  return { ...inherited(NOT_FOR_SERVERS), LLAMA_ARG_CORS_ORIGINS: 'localhost' }
}

/** Ends all servers. */
export async function down(): Promise<number> {
  const { cacheDir } = loadConfig({ overrides: {}, cwd: process.cwd() })
  const ended = await takeDown(llamaDir(cacheDir))
  console.log(ended === null ? 'nothing to end' : `ended ${ended} server${ended === 1 ? '' : 's'}`)
  return 0
}

/** Shows each server; 0 when all are healthy. */
export async function status(): Promise<number> {
  const dir = llamaDir(loadConfig({ overrides: {}, cwd: process.cwd() }).cacheDir)
  const state = await readState(dir)
  if (state === null) {
    console.log('no servers are up; quorum llama up starts those of quorum.llama.json')
    return 1
  }
  const tended = await isUp(dir)
  console.log(statusTable(state, Date.now()))
  if (!tended) console.log('nobody looks after them any more: quorum llama up starts them anew')
  return tended && state.servers.every(({ care }) => care.phase === 'healthy') ? 0 : 1
}
