import type { GateResult, RanGate, ReportKind } from '../task.ts'

/** What a test run says of a faulty tree: it noticed, it did not, or the fault was none that can be run. */
export type Fate = 'killed' | 'survived' | 'invalid'

/** Where a fault in one file keeps all tests from being built, that the run is red says nothing of the tests. */
const COMPILED: ReadonlySet<ReportKind | null> = new Set<ReportKind>(['go', 'libtest'])

/**
 * Holds the tests of a faulty tree against the same tests without the fault: noticed is what makes a test fail that
 * passed before, or keeps the tests from running.
 */
export function fateOf(before: GateResult, ran: RanGate, report: ReportKind | null): Fate {
  // the same tests ended well within this time
  if (ran.timedOut) return 'killed'
  const { cases } = ran
  if (!cases) return byExit(before, ran, report)
  // no test has to do with the file
  if (cases.length === 0 && ran.scope === 'changed') return 'survived'
  const failing = cases.filter(
    // a name alone is a package or a file: it did not build, or did not load
    ({ id, status }) =>
      status === 'failed' && !before.flaky.includes(id) && !(report === 'go' && !id.includes(' > ')),
  )
  if (failing.length > before.knownFailures) return 'killed'
  const isBroken = ran.exitCode !== 0 && before.exitCode === 0 && before.flaky.length === 0
  if (!isBroken) return 'survived'
  return COMPILED.has(report) ? 'invalid' : 'killed'
}

function byExit(before: GateResult, ran: RanGate, report: ReportKind | null): Fate {
  if (report !== null && COMPILED.has(report)) return 'invalid'
  if (before.exitCode === 0) return ran.exitCode === 0 ? 'survived' : 'killed'
  return ran.diagnostics.length > before.knownFailures ? 'killed' : 'survived'
}
