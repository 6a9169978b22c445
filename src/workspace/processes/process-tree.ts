import { readFile, readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A command and all that came of it. */
export type Family = {
  /** The command itself, which leads a process group. */
  readonly pid: number
  /** `NAME=value` in its environment: who left the group and lost all ancestors still inherited that. */
  readonly mark: string
  /** What `ps -A -o pid=,ppid=,pgid=,stat=,rss=` prints, where there is no /proc. */
  readonly listProcesses: () => Promise<string>
}

export type Process = {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly isDead: boolean
  /** `\0NAME=value\0NAME=value\0`; empty where it cannot be read. */
  readonly environment: string
  /** Memory it holds, where a listing tells it; 0 where it has to be asked for. */
  readonly bytes: number
}

/** A family that starts processes faster than they are killed is given up on after so many rounds. */
const MOST_ROUNDS = 100
const ROUND_MS = 10

/** Kills them all, and returns when none is left. */
export async function killFamily({ pid, mark, listProcesses }: Family): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const processes = await allProcesses(listProcesses)
    const family = familyIn(processes, pid, (one) => bears(one, mark))
    if (family.length === 0) return
    killGroup(pid)
    family.forEach(kill)
    await sleep(ROUND_MS)
  }
}

/** Kills a process group, at once. */
export const killGroup = (pid: number): void => kill(-pid)

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended already
  }
}

/** Did it inherit this mark? */
export const bears = ({ environment }: Process, mark: string): boolean => environment.includes(`\0${mark}\0`)

/** The living of a family: its group, whoever bears its mark, and the descendants of all these. */
function familyIn(processes: readonly Process[], pid: number, isMarked: (one: Process) => boolean): number[] {
  const members = new Set(processes.filter((one) => one.group === pid || isMarked(one)).map((one) => one.pid))
  const open = [pid, ...members]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of processes.filter((one) => one.parent === next && !members.has(one.pid))) {
      members.add(child.pid)
      open.push(child.pid)
    }
  }
  return processes.filter((one) => members.has(one.pid) && !one.isDead).map((one) => one.pid)
}

async function allProcesses(listProcesses: () => Promise<string>): Promise<Process[]> {
  const pids = await processIds()
  if (pids.length === 0) return readListing(await listProcesses())
  const processes = await Promise.all(pids.filter((pid) => pid !== process.pid).map(readProcess))
  return processes.filter((one) => one !== null)
}

/** Ids of all processes; none on a system without /proc. */
export async function processIds(): Promise<number[]> {
  const names = await readdir('/proc').catch((): string[] => [])
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

/** null when it has ended. */
export async function readProcess(pid: number): Promise<Process | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
  // "pid (name) state parent group …": the name may hold spaces and parentheses, so read on from the last one
  const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    isDead: /[ZX]/.test(state),
    environment: `\0${environment}\0`,
    bytes: 0,
  }
}

/** All but ourselves, of what `ps` printed. */
export const readListing = (listing: string): Process[] =>
  listing
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 4)
    .map(([pid, parent, group, state = '', kilobytes = '0']) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      isDead: state.startsWith('Z'),
      environment: '',
      bytes: Number(kilobytes) * 1024,
    }))
    .filter(({ pid }) => pid !== process.pid)
