import { readFile, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { environmentWith } from '../config.ts'
import { SwarmError } from '../core/errors.ts'
import type { Servers } from '../llama/servers-file.ts'
import { logOf, readState, type ServerState, type State } from '../llama/state-file.ts'
import { startService, type Service } from '../workspace/shell.ts'

const SUPERVISOR = 'supervisor'

/** Starts a process that looks after the servers when we have ended; logs of earlier ones go. */
export async function startSupervisor({ file, servers }: Servers, dir: string): Promise<Service> {
  for (const name of [SUPERVISOR, ...servers.map(({ name }) => name)])
    await rm(logOf(dir, name), { force: true })
  // published, both of us are JavaScript
  const main = join(import.meta.dirname, '..', `main${extname(import.meta.filename)}`)
  const command = [process.execPath, main, 'llama', 'up', '--foreground', '--file', file]
  const options = { cwd: process.cwd(), environment: inherited(/^PATH$/i), log: logOf(dir, SUPERVISOR) }
  const service = await startService(command, options)
  if (service === null) throw new SwarmError('internal', await lastWords(dir, SUPERVISOR))
  return service
}

/** Our environment, but for some names. */
export const inherited = (except: RegExp): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environmentWith({})).flatMap(([name, value]) =>
      value === undefined || except.test(name) ? [] : [[name, value]],
    ),
  )

const POLL_MS = 200
/** A server that ended so often before it was ever ready will not be. */
const MOST_FAILURES = 3

/** Returns when every server is ready, telling what changes. Throws with the log of the one that does not come up. */
export async function whenHealthy(
  supervisor: Service,
  dir: string,
  tell: (state: State) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!supervisor.hasEnded()) {
    signal.throwIfAborted()
    const state = await readState(dir)
    if (state !== null) tell(state)
    if (state?.servers.every(({ care }) => care.phase === 'healthy')) return
    const hopeless = state?.servers.find(({ care }) => care.failures >= MOST_FAILURES)
    if (hopeless) throw new SwarmError('upstream', await whyNot(dir, hopeless))
    await sleep(POLL_MS)
  }
  throw new SwarmError('internal', `the supervisor has ended\n${await lastWords(dir, SUPERVISOR)}`)
}

async function whyNot(dir: string, { name, care }: ServerState): Promise<string> {
  return `${name} ended ${care.failures} times before it was ready; the end of ${logOf(dir, name)}:\n${await lastWords(dir, name)}`
}

const LAST_LINES = 15

async function lastWords(dir: string, name: string): Promise<string> {
  const text = await readFile(logOf(dir, name), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-LAST_LINES).join('\n')
}
