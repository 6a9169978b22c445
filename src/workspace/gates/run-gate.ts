import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Gate, RanGate, TestCase } from '../../core/task.ts'
import { GATE_BUDGET, GATE_LIMITS } from '../confinement.ts'
import { readDiagnostics } from '../diagnostics/read.ts'
import { fillIn, gateEnvironment, type Placeholders } from './environment.ts'
import { removeTree } from '../remove.ts'
import { readReport } from '../reports/read.ts'
import { seenBy, type Cage, type Room } from '../cage/sandbox.ts'
import { shell, type ShellResult } from '../shell.ts'
import type { Toolchain } from '../toolchains/find.ts'

/** Characters of a gate's output kept for the human: its end, where the summary stands. */
const LOG_CHARACTERS = 20_000
/** Bytes of a test report that are read; a report beyond is none. */
const LARGEST_REPORT = 32 * 2 ** 20

/** Where a gate runs, and what it may read beyond. */
export type GateRoom = Pick<Room, 'root' | 'home' | 'overlays' | 'readable'> & {
  readonly toolchains: readonly Toolchain[]
}

/** Folder of HOME that stands for `{cache}`. */
export const CACHE = 'cache'

/** Runs one gate in a workspace. A value, also when it failed, hung or is not installed; only an abort throws. */
export async function runGate(gate: Gate, room: GateRoom, cage: Cage, signal: AbortSignal): Promise<RanGate> {
  const { root, home, toolchains } = room
  const seen = seenBy(cage, room)
  // a name that cannot be guessed: code under test must not write its own results
  const secret = randomUUID()
  const values = { ...seen, cache: join(seen.home, CACHE), report: join(seen.home, secret, 'report') }
  const report = await openReport(join(home, secret))
  const environment = environmentOf(gate, toolchains, values)
  const command = gate.command.map((argument) => fillIn(argument, values))
  const held = cage.wrap(command, {
    ...room,
    seen,
    cwd: join(seen.root, gate.folder),
    readable: [...room.readable, ...toolchains.flatMap(({ readable }) => readable)],
    network: gate.network,
    environment,
    limits: GATE_LIMITS,
  })
  const result = await shell(
    held,
    {
      cwd: join(root, gate.folder),
      environment,
      timeoutMs: gate.timeoutMs,
      leavesNothing: true,
      budget: { ...GATE_BUDGET, folders: [root, home, ...room.overlays.map(({ upper }) => upper)] },
      ...(isPrinted(gate) ? { keep: LARGEST_REPORT } : {}),
    },
    signal,
  )
  signal.throwIfAborted()
  const cases = await casesOf(gate, result, report, seen.root)
  await removeTree(join(home, secret))
  return told(gate, result, cases, values)
}

/** The gate's own words come last: it knows its tool. */
function environmentOf(
  gate: Gate,
  toolchains: readonly Toolchain[],
  values: Placeholders,
): Record<string, string> {
  const programs = toolchains.flatMap(({ path }) => path).map((folder) => fillIn(folder, values))
  const added = [...toolchains.map(({ environment }) => environment), gate.environment]
  const filled = added.flatMap((variables) => Object.entries(variables))
  return {
    ...gateEnvironment(values, gate.folder, programs),
    ...Object.fromEntries(filled.map(([name, value]) => [name, fillIn(value, values)])),
  }
}

/** Results test by test, from the report or from what was printed; null where there is nothing to be read. */
async function casesOf(
  gate: Gate,
  { stdout }: ShellResult,
  report: Report,
  root: string,
): Promise<TestCase[] | null> {
  if (gate.report === null) return null
  const text = isPrinted(gate) ? stdout : await readIfSame(report)
  return text === null ? null : readReport(gate.report, text.replaceAll(`${root}/`, ''))
}

/** Some tools have no file for their results: they are what the tool prints. */
const isPrinted = ({ report }: Gate): boolean => report === 'go' || report === 'libtest'

/** The file for a report, made before the run, so that one that is put in its place is known for what it is. */
type Report = { readonly path: string; readonly inode: number }

async function openReport(folder: string): Promise<Report> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'report')
  await writeFile(path, '')
  return { path, inode: (await lstat(path)).ino }
}

async function readIfSame({ path, inode }: Report): Promise<string | null> {
  const found = await lstat(path).catch(() => null)
  if (!found?.isFile() || found.ino !== inode || found.size > LARGEST_REPORT) return null
  return readFile(path, 'utf8')
}

const GIBIBYTE = 2 ** 30
const USED_UP = {
  memory: `it used more than ${GATE_BUDGET.memoryBytes / GIBIBYTE} GiB of memory`,
  disk: `it wrote more than ${GATE_BUDGET.diskBytes / GIBIBYTE} GiB`,
} as const

function told(
  { name, kind, command, folder, timeoutMs }: Gate,
  { exitCode, timedOut, exceeded, ms, output }: ShellResult,
  cases: TestCase[] | null,
  { root, home }: Placeholders,
): RanGate {
  const count = (status: TestCase['status']): number =>
    cases?.filter((test) => test.status === status).length ?? 0
  const tests = cases && { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
  // every workspace has folders of its own: the same failure must read the same in each
  const found = exitCode === 0 ? [] : readDiagnostics(output.replaceAll(home, '~'), join(root, folder))
  const ended = exceeded
    ? [{ file: null, line: null, code: null, message: `killed: ${USED_UP[exceeded]}` }]
    : []
  const diagnostics = [...ended, ...found].map((each) => ({
    ...each,
    file: each.file && join(folder, each.file),
  }))
  const why = timedOut ? `no end within ${timeoutMs / 1000} s` : exceeded && USED_UP[exceeded]
  const said = why ? `${output}\n(killed: ${why})\n` : output
  const log = said.length > LOG_CHARACTERS ? `…\n${said.slice(-LOG_CHARACTERS)}` : said
  return { gate: name, kind, scope: 'all', command, exitCode, timedOut, ms, diagnostics, tests, cases, log }
}
