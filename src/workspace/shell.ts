import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { execa } from 'execa'
import { systemPath } from '../config.ts'

export type ShellOptions = {
  readonly cwd: string
  /** The whole environment besides PATH: nothing of ours leaks in. */
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly input?: string
  /** Characters of output kept; more ends the command. */
  readonly keep?: number
  /** Give the output as one character per byte. */
  readonly binary?: boolean
  /** Kill what it leaves running when it ends by itself. */
  readonly leavesNothing?: boolean
}

export type ShellResult = {
  /** null when it was killed; 127 when there is no such program, 126 when it may not be run. */
  readonly exitCode: number | null
  readonly timedOut: boolean
  readonly stdout: string
  /** Both streams, in the order they came. */
  readonly output: string
  readonly ms: number
}

const KEPT = 2_000_000
/** Environment variable by which a command's offspring is known, wherever it goes. */
const MARK = 'QUORUM_COMMAND'

/**
 * Runs an argument list, never a shell string, and returns a value however it ended. A time-out or an abort kills the
 * whole process tree, also those that left the group or hold the pipe.
 */
export async function shell(
  command: readonly string[],
  options: ShellOptions,
  signal: AbortSignal,
): Promise<ShellResult> {
  const [file = '', ...args] = command
  const startedAt = performance.now()
  using limit = limited(signal, options.timeoutMs)
  const id = randomUUID()
  const mark = `${MARK}=${id}`
  const child = execa(file, args, {
    cwd: options.cwd,
    env: { PATH: systemPath, ...options.environment, [MARK]: id },
    extendEnv: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    all: true,
    encoding: options.binary ? 'latin1' : 'utf8',
    // a group of its own, so that one signal reaches all of it
    detached: true,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: options.keep ?? KEPT,
  })
  // its output ends later than itself, when the last one that holds the pipe is gone
  const end = options.leavesNothing ? exitOf(child.nodeChildProcess) : child
  const stopped = (await Promise.race([end, limit.reached])) === 'reached'
  if (stopped || options.leavesNothing) await killFamily(child.pid, mark)
  // what a survivor that holds the pipe may still say is not waited for long
  const ended = await Promise.race([child, within(LAST_WORDS_MS)])
  const ms = Math.round(performance.now() - startedAt)
  const timedOut = stopped && !signal.aborted
  if (ended === null)
    return {
      exitCode: stopped ? null : child.nodeChildProcess.exitCode,
      timedOut,
      stdout: '',
      output: '(a process that cannot be ended holds the output)\n',
      ms,
    }
  if (ended.code === 'ENOENT')
    return { exitCode: 127, timedOut, stdout: '', output: `${file}: no such program\n`, ms }
  if (ended.code === 'EACCES')
    return { exitCode: 126, timedOut, stdout: '', output: `${file}: it may not be run\n`, ms }
  return {
    exitCode: stopped ? null : (ended.exitCode ?? null),
    timedOut,
    stdout: ended.stdout,
    output: ended.all,
    ms,
  }
}

/** When the program itself has ended; its offspring may still hold its output. */
const exitOf = (child: ChildProcess): Promise<'exited'> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve('exited')).once('error', () => resolve('exited'))
  })

const LAST_WORDS_MS = 2_000

const within = (ms: number): Promise<null> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref()
  })

/** Resolves when the signal aborts or the time is up; disposing takes the timer and the listener away. */
function limited(signal: AbortSignal, timeoutMs: number | undefined) {
  const { promise: reached, resolve } = Promise.withResolvers<'reached'>()
  const stop = (): void => resolve('reached')
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs)
  return {
    reached,
    [Symbol.dispose]() {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}

/** Kills a command's group, its descendants, and whoever bears its mark: a daemon that left both still inherited that. */
async function killFamily(pid: number | undefined, mark: string): Promise<void> {
  if (pid === undefined) return
  const family = await familyOf(pid, mark)
  for (const target of [-pid, ...family]) {
    try {
      process.kill(target, 'SIGKILL')
    } catch {
      // it has ended already
    }
  }
}

/** Read from /proc; empty where there is none, and the group kill has to do. */
async function familyOf(pid: number, mark: string): Promise<number[]> {
  const names = (await readdir('/proc').catch((): string[] => [])).filter((name) => /^\d+$/.test(name))
  const processes = await Promise.all(
    names.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
      const environ = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '')
      // "pid (name) state parent …": the name may hold spaces and parentheses, so read on from the last one
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return { pid: Number(name), parent, marked: environ.split('\0').includes(mark) }
    }),
  )
  const family = new Set(processes.filter(({ marked }) => marked).map((process) => process.pid))
  const open = [pid, ...family]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of processes.filter(({ parent, pid }) => parent === next && !family.has(pid))) {
      family.add(child.pid)
      open.push(child.pid)
    }
  }
  return [...family]
}
