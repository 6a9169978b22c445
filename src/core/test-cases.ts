import type { Baseline } from './gates.ts'
import type { Diagnostic, GateResult, GateRun, TestCase } from './task.ts'

/**
 * Judges a test run by what became of each test, not by its exit code alone: whatever passed on the base must have run
 * and passed again. Code that ends the runner early, skips a test or forges the summary loses tests on the way.
 */
export function judgeTests(run: GateRun, cases: readonly TestCase[] | null, baseline: Baseline): GateResult {
  const before = baseline.run?.cases ?? null
  if (!cases) return failed(run, [finding(null, 'the test run left no readable report of what it ran')])

  const now = new Map(cases.map((test) => [test.id, test]))
  const then = new Map(before?.map((test) => [test.id, test]))
  const counts = ({ id }: TestCase): boolean => !baseline.flaky.has(id)
  const broken = cases.filter((test) => test.status === 'failed' && then.get(test.id)?.status !== 'failed')
  const fresh = broken.filter(counts).map(({ id, message }) => finding(id, message ?? 'failed'))
  const lost = (before ?? []).filter(
    (test) => test.status === 'passed' && counts(test) && !stillRuns(now.get(test.id)),
  )
  const findings = [...fresh, ...lostFindings(lost, cases, before ?? [], now, baseline)]
  const known = cases.filter(
    ({ id, status }) => status === 'failed' && then.get(id)?.status === 'failed',
  ).length
  const flaky = broken.filter((test) => !counts(test)).map(({ id }) => id)
  if (findings.length > 0) return { ...failed(run, findings), knownFailures: known, flaky }

  // a red exit is explained by failures that do not count, or it was there before with no failing test at all
  const explained =
    known + flaky.length > 0 || (baseline.run !== null && run.exitCode === baseline.run.exitCode)
  if (run.exitCode !== 0 && !explained) return { ...run, status: 'failed', knownFailures: known, flaky }
  return { ...run, diagnostics: [], status: 'passed', knownFailures: known, flaky }
}

const stillRuns = (test: TestCase | undefined): boolean => test !== undefined && test.status !== 'skipped'

/** With leave to change tests others may stand in the place of those that are gone, as long as they are no fewer. */
function lostFindings(
  lost: readonly TestCase[],
  cases: readonly TestCase[],
  before: readonly TestCase[],
  now: ReadonlyMap<string, TestCase>,
  { testsChanged }: Baseline,
): Diagnostic[] {
  const passed = (tests: readonly TestCase[]): number =>
    tests.filter(({ status }) => status === 'passed').length
  if (testsChanged && passed(cases) >= passed(before)) return []
  return lost.map(({ id }) => finding(id, now.has(id) ? 'is skipped now' : 'did not run'))
}

/** Tests whose result differs between two runs of the same tree, or that are in only one of them. */
export function flakyTests(first: readonly TestCase[], second: readonly TestCase[]): Set<string> {
  const [before, after] = [first, second].map(
    (cases) => new Map(cases.map(({ id, status }): [string, string] => [id, status])),
  )
  const all = [...first, ...second].map(({ id }) => id)
  return new Set(all.filter((id) => before!.get(id) !== after!.get(id)))
}

/** The same for tools that name only what failed. */
export function unstableFindings(first: GateRun, second: GateRun): Set<string> {
  const names = ({ diagnostics }: GateRun): string[] => diagnostics.flatMap(({ code }) => code ?? [])
  const [before, after] = [new Set(names(first)), new Set(names(second))]
  return new Set([...before, ...after].filter((name) => before.has(name) !== after.has(name)))
}

const finding = (code: string | null, message: string): Diagnostic => ({
  file: null,
  line: null,
  code,
  message,
})

const failed = (run: GateRun, diagnostics: readonly Diagnostic[]): GateResult => ({
  ...run,
  diagnostics: [...diagnostics],
  status: 'failed',
  knownFailures: 0,
  flaky: [],
})
