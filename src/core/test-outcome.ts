import { languageOf } from './source-text.ts'
import type { RanGate, SpecTest, TestCase } from './task.ts'

/** What a test run with one more test file says of that file. */
export type TestOutcome =
  | 'passed'
  | 'failed'
  /** The run is red, and none of the file's tests has run: it does not load, or does not compile. */
  | 'broken'
  /** Nothing takes the file, or nothing can be told of it. */
  | 'unclear'

export type TestRun = {
  readonly outcome: TestOutcome
  /** What became of the file's own tests; empty where the tool does not tell. */
  readonly cases: readonly TestCase[]
}

/** How the same check ended on the same tree without the file. */
export type Without = { readonly exitCode: number | null; readonly passed: number | null }

/** Reads a run by the file's own tests; null where they are not told, and the run has to be held against another. */
export function readByCases(ran: RanGate, test: SpecTest): TestRun | null {
  if (ran.timedOut) return { outcome: 'unclear', cases: [] }
  if (!ran.cases) return null
  const cases = ownCases(ran.cases, test)
  const count = (status: TestCase['status']): number => cases.filter((one) => one.status === status).length
  if (count('failed') > 0) return { outcome: 'failed', cases }
  if (count('passed') > 0) return { outcome: 'passed', cases }
  if (ran.cases.some(({ id, status }) => status === 'failed' && isFile(id, test.path)))
    return { outcome: 'broken', cases: [] }
  return ran.exitCode === 0 ? { outcome: 'unclear', cases: [] } : null
}

/** Reads a run that does not tell of the file's own tests by how it ended without the file. */
export function readByExit(ran: RanGate, without: Without): TestRun {
  const told = (outcome: TestOutcome): TestRun => ({ outcome, cases: [] })
  // a run that was killed says nothing of what it ran
  if (ran.timedOut || ran.exitCode === null) return told('unclear')
  if (!ran.cases) {
    if (ran.exitCode === 0) return told('passed')
    return told(without.exitCode === 0 ? 'failed' : 'unclear')
  }
  const lost = without.passed !== null && (ran.tests?.passed ?? 0) < without.passed
  return told(without.exitCode === 0 || lost ? 'broken' : 'unclear')
}

/** The file's tests among all that ran: those that name it, or, where no file is told, those whose name stands in it. */
function ownCases(cases: readonly TestCase[], { path, content }: SpecTest): TestCase[] {
  const own = cases.filter(({ id }) => !isFile(id, path) && isIn(id, path))
  if (own.length > 0 || cases.some(({ id }) => isFile(id, path))) return own
  const language = languageOf(path)
  // everywhere else a test says where it stands
  if (language !== 'go' && language !== 'rust') return []
  const written = new Set([...content.matchAll(/\b(?:func|fn)\s+(\w+)/g)].map(([, name]) => name))
  return cases.filter(({ id }) => written.has(nameOf(id)))
}

/** Is this the file itself, which failed before any of its tests began? */
const isFile = (id: string, path: string): boolean => namesOf(path).some((name) => id === name)

const isIn = (id: string, path: string): boolean => {
  const [place = ''] = id.split(' > ', 1)
  return namesOf(path).some((name) => place === name || place.startsWith(`${name}.`))
}

/** How tools write a file: from any folder above it, or as a Python module. */
function namesOf(path: string): string[] {
  const parts = path.split('/')
  const tails = parts.map((_, index) => parts.slice(index))
  return tails.flatMap((tail) => {
    const name = tail.join('/')
    return name.endsWith('.py') ? [name, tail.join('.').slice(0, -'.py'.length)] : [name]
  })
}

/** The function behind a test: `pkg > TestParse/empty` in Go, `parser::tests::reads_it` in Rust. */
const nameOf = (id: string): string =>
  id
    .split(' > ')
    .at(-1)!
    .replace(/ #\d+$/, '')
    .split('/')[0]!
    .split('::')
    .at(-1)!
