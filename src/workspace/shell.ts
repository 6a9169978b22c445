import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { systemPath } from '../config.ts'
import { watchBudget, type Budget, type Exceeded } from './processes/budget.ts'
import { killFamily, killGroup } from './processes/process-tree.ts'
import { createTranscript } from './processes/transcript.ts'

export type ShellOptions = {
  readonly cwd: string
  /** The whole environment besides PATH: nothing of ours leaks in. */
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly input?: string | Uint8Array
  /** Bytes of output kept, from its beginning and its end. */
  readonly keep?: number
  /** Give the output as one character per byte. */
  readonly binary?: boolean
  /** Kill what it leaves running when it ends by itself. */
  readonly leavesNothing?: boolean
  /** What it and all that it starts may use together; over it, it is killed. */
  readonly budget?: Budget
}

export type ShellResult = {
  /** null when it was killed; 127 when there is no such program. */
  readonly exitCode: number | null
  readonly timedOut: boolean
  /** The budget it went over, and was killed for. */
  readonly exceeded: Exceeded | null
  readonly stdout: string
  /** Both streams, in the order they came. */
  readonly output: string
  /** Bytes of the output that were not kept. */
  readonly dropped: number
  readonly ms: number
}

const KEPT = 2_000_000
/** Environment variable by which a command's offspring is known, wherever it goes. */
const MARK = 'QUORUM_COMMAND'
/** What survivors that hold the pipe may still say is not waited for longer. */
const LAST_WORDS_MS = 500

/**
 * Runs an argument list, never a shell string, and returns a value however it ended. A time-out, an abort or a
 * budget that is used up kills the whole process tree, also those that left the group or hold the pipe.
 */
export async function shell(
  command: readonly string[],
  options: ShellOptions,
  signal: AbortSignal,
): Promise<ShellResult> {
  const startedAt = performance.now()
  using limit = limited(signal, options.timeoutMs)
  const output = createTranscript(options.keep ?? KEPT)
  const stdout = createTranscript(options.keep ?? KEPT)
  const ended = (exitCode: number | null, stopped: Exceeded | 'time' | null = null): ShellResult => ({
    exitCode,
    timedOut: stopped === 'time',
    exceeded: stopped === 'time' ? null : stopped,
    stdout: stdout.text(options.binary ? 'latin1' : 'utf8'),
    output: output.text(options.binary ? 'latin1' : 'utf8'),
    dropped: output.dropped,
    ms: Math.round(performance.now() - startedAt),
  })
  if (signal.aborted) return ended(null)

  const mark = `${MARK}=${randomUUID()}`
  const child = spawn(command, options, mark)
  child.stdout?.on('data', stdout.add).on('data', output.add)
  child.stderr?.on('data', output.add)
  const { pid } = child
  if (pid === undefined) {
    const { code, shortMessage } = await child
    output.add(Buffer.from(code === 'ENOENT' ? `${command[0]}: no such program\n` : `${shortMessage}\n`))
    return ended(code === 'ENOENT' ? 127 : 126)
  }

  using _ = whileRunning(pid)
  const family = { pid, mark, listProcesses }
  await using watch = options.budget && watchBudget(options.budget, family)
  const { exited, closed } = endOf(child.nodeChildProcess)
  const reached = await Promise.race([exited, limit.reached, ...(watch ? [watch.exceeded] : [])])
  if (reached !== 'exited' || options.leavesNothing) {
    await killFamily(family)
    await within(LAST_WORDS_MS, closed)
  } else {
    // a trusted program that ended by itself: all it said is waited for
    await Promise.race([closed, limit.reached])
  }
  child.stdout?.destroy()
  child.stderr?.destroy()
  if (reached === 'exited') return ended(child.nodeChildProcess.exitCode)
  if (reached === 'stopped') return ended(null, signal.aborted ? null : 'time')
  return ended(null, reached)
}

/** A program of ours that answers in lines for as long as it is asked. It ends with its input, so also with us. */
export type Companion = {
  say(line: string): void
  /** The next line it says; null when it has ended. */
  hear(): Promise<string | null>
  isRunning(): boolean
  kill(): Promise<void>
  /** Between questions it must not keep this process alive. */
  ref(): void
  unref(): void
}

/** Starts a companion. Only for programs of our own that start no others: nobody looks for what they leave behind. */
export function startCompanion(
  [file = '', ...args]: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Companion {
  const child = execa(file, args, {
    cwd,
    env: { ...environment, PATH: systemPath },
    extendEnv: false,
    stdin: 'pipe',
    stderr: 'ignore',
    encoding: 'buffer',
    buffer: false,
    reject: false,
  })
  const { stdin, stdout, nodeChildProcess } = child
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  // it may end in the middle of a question
  stdin.on('error', () => {})
  const ends: readonly object[] = [nodeChildProcess, stdin, stdout]
  const handles = ends.filter(isHandle)
  return {
    say: (line) => void stdin.write(`${line}\n`),
    async hear() {
      const { done, value } = await lines.next()
      return done ? null : value
    },
    isRunning: () => nodeChildProcess.exitCode === null && nodeChildProcess.signalCode === null,
    async kill() {
      child.kill('SIGKILL')
      await child
    },
    ref: () => handles.forEach((handle) => handle.ref()),
    unref: () => handles.forEach((handle) => handle.unref()),
  }
}

/** A program that goes on when we have ended; what it says goes to a file. */
export type Service = { readonly pid: number; readonly hasEnded: () => boolean }

/** Starts a service, the leader of a process group of its own. null when it cannot be started: the file says why. */
export async function startService(
  [file = '', ...args]: readonly string[],
  { cwd, environment, log }: Pick<ShellOptions, 'cwd' | 'environment'> & { readonly log: string },
): Promise<Service | null> {
  // not by way of us: it goes on writing when we are gone
  const sink = createWriteStream(log, { flags: 'a' })
  await once(sink, 'open')
  const child = execa(file, args, {
    cwd,
    env: { PATH: systemPath, ...environment },
    extendEnv: false,
    stdin: 'ignore',
    stdout: sink,
    stderr: sink,
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
  })
  sink.end()
  const { pid, nodeChildProcess } = child
  if (pid === undefined) {
    appendFileSync(log, `${(await child).shortMessage}\n`)
    return null
  }
  nodeChildProcess.unref()
  return { pid, hasEnded: () => nodeChildProcess.exitCode !== null || nodeChildProcess.signalCode !== null }
}

type Handle = { ref(): void; unref(): void }
/** Pipes to a process are sockets, which their types do not say. */
const isHandle = (value: object): value is Handle => 'ref' in value && 'unref' in value

/** The one place where a command is started. */
function spawn([file = '', ...args]: readonly string[], options: ShellOptions, mark: string) {
  const value = mark.slice(MARK.length + 1)
  return execa(file, args, {
    cwd: options.cwd,
    env: { PATH: systemPath, ...options.environment, [MARK]: value },
    extendEnv: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    encoding: 'buffer',
    // execa would end a command that says too much, and wait for ever for one whose offspring holds the pipe
    buffer: false,
    // a group of its own, so that one signal reaches all of it
    detached: true,
    reject: false,
  })
}

/** When the program has ended, and when nobody holds its output any more. */
function endOf(child: ChildProcess) {
  const exited = Promise.withResolvers<'exited'>()
  const closed = Promise.withResolvers<void>()
  child.once('exit', () => exited.resolve('exited')).once('close', () => closed.resolve())
  return { exited: exited.promise, closed: closed.promise }
}

async function within(ms: number, event: Promise<void>): Promise<void> {
  const over = new AbortController()
  const time = sleep(ms, undefined, { signal: over.signal }).catch(() => {})
  await Promise.race([event, time])
  over.abort()
}

/** Resolves when the signal aborts or the time is up; disposing takes the timer and the listener away. */
function limited(signal: AbortSignal, timeoutMs: number | undefined) {
  const { promise: reached, resolve } = Promise.withResolvers<'stopped'>()
  const stop = (): void => resolve('stopped')
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

const running = new Set<number>()
/** A group of its own does not die with us: whatever ends this process ends its commands first. */
const killRunning = (): void => running.forEach(killGroup)

function whileRunning(pid: number): Disposable {
  if (running.size === 0) process.on('exit', killRunning)
  running.add(pid)
  return {
    [Symbol.dispose]() {
      running.delete(pid)
      if (running.size === 0) process.off('exit', killRunning)
    },
  }
}

/** For systems without /proc. */
async function listProcesses(): Promise<string> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,rss='], { reject: false })
  return stdout ?? ''
}
