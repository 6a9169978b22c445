import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { killGroup } from './processes/process-tree.ts'
import { shell } from './shell.ts'

/** When a process started, as its system writes it; null when it has ended. A later one of the same number differs. */
export async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat !== null) return fromStat(stat)
  const isLinux = await readFile('/proc/self/stat', 'utf8').catch(() => null)
  return isLinux === null ? fromListing(pid) : null
}

/** Ticks since boot, field 22 of proc(5)'s stat; the name before it may hold spaces and parentheses. */
function fromStat(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return /[ZX]/.test(fields[0] ?? '') ? null : (fields[19] ?? null)
}

async function fromListing(pid: number): Promise<string | null> {
  const command = ['ps', '-o', 'stat=,lstart=', '-p', String(pid)]
  const { stdout } = await shell(
    command,
    { cwd: '/', environment: { LC_ALL: 'C' } },
    new AbortController().signal,
  )
  const [state = 'Z', ...start] = stdout.trim().split(/\s+/)
  return state.startsWith('Z') || start.length === 0 ? null : start.join(' ')
}

export type Known = { readonly pid: number; readonly startedAt: string }

/** Does it still run, and is it still the same? */
export const isRunning = async ({ pid, startedAt }: Known): Promise<boolean> =>
  (await startOf(pid)) === startedAt

const POLL_MS = 50

/** Asks a process that leads a group to end, and kills the group when it does not; returns when all is gone. */
export async function endProcess(known: Known, graceMs: number): Promise<void> {
  if (!(await isRunning(known))) return
  signalTo(known.pid, 'SIGTERM')
  const until = performance.now() + graceMs
  while (await isRunning(known)) {
    if (performance.now() > until) signalTo(known.pid, 'SIGKILL')
    await sleep(POLL_MS)
  }
  // what it started and did not end itself
  killGroup(known.pid)
}

function signalTo(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // it has ended meanwhile
  }
}
