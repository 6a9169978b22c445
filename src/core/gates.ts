import type { Diagnostic, GateResult, GateRun, RanGate } from './task.ts'
import { judgeTests } from './test-cases.ts'

/** Most findings a run keeps; a run that holds this many may have lost some, so it cannot be compared. */
export const MOST_DIAGNOSTICS = 1_000

/** What a run is held against. */
export type Baseline = {
  /** The same gate on the base; null where there is no base to speak of. */
  readonly run: RanGate | null
  /** Tests that pass and fail on the base itself. */
  readonly flaky: ReadonlySet<string>
  /** Existing tests were changed, with the user's leave: other tests may stand in their place. */
  readonly testsChanged: boolean
}

/**
 * Holds a gate's run on a candidate against the same gate on the base. Failures the base already had do not count;
 * one more of the same kind does. Without a baseline every failure counts.
 */
export function judge(ran: RanGate, baseline: Baseline): GateResult {
  const { cases, ...run } = ran
  const before = baseline.run
  if (before && isCutShort(run, before)) return failed(run)
  if (cases || before?.cases) return judgeTests(run, cases, baseline)
  if (hasPassed(run)) return passed(run)
  const { flaky } = baseline
  if (!before || (hasPassed(before) && flaky.size === 0)) return failed(run)
  if (run.diagnostics.length >= MOST_DIAGNOSTICS) return failed(run)
  const isFlaky = ({ code }: Diagnostic): boolean => code !== null && flaky.has(code)
  const unstable = run.diagnostics.filter(isFlaky)
  const fresh = newSince(run.diagnostics, before.diagnostics).filter((diagnostic) => !isFlaky(diagnostic))
  const known = run.diagnostics.length - fresh.length - unstable.length
  // a gate that fails without saying why is the same failure only if it said nothing before, with the same exit code
  const silent = run.diagnostics.length === 0
  if (silent && (before.diagnostics.length > 0 || run.exitCode !== before.exitCode)) return failed(run)
  const names = [...new Set(unstable.flatMap(({ code }) => code ?? []))]
  if (fresh.length > 0) return { ...failed(run), diagnostics: fresh, knownFailures: known, flaky: names }
  return { ...passed(run, names.length > 0 ? known : Math.max(1, known)), flaky: names }
}

/**
 * An early no from a check of only the files that changed. It counts only where it names a new finding in one of them;
 * null leaves the answer to the whole check.
 */
export function judgeQuick(
  ran: RanGate,
  changed: readonly string[],
  before: RanGate | null,
): GateResult | null {
  const { cases, ...run } = ran
  if (run.exitCode === 0 || run.timedOut || run.exitCode === null) return null
  const passedBefore = new Set(before?.cases?.flatMap(({ id, status }) => (status === 'passed' ? [id] : [])))
  const broken = cases?.filter(({ id, status }) => status === 'failed' && passedBefore.has(id)) ?? []
  const located = run.diagnostics.filter(({ file }) => file !== null && changed.includes(file))
  const findings = cases
    ? broken.map(({ id, message }) => ({ file: null, line: null, code: id, message: message ?? 'failed' }))
    : newSince(located, before?.diagnostics ?? [])
  return findings.length === 0 ? null : { ...failed(run), diagnostics: findings }
}

const hasPassed = ({ exitCode, timedOut }: GateRun): boolean => exitCode === 0 && !timedOut

const failed = (run: GateRun): GateResult => ({ ...run, status: 'failed', knownFailures: 0, flaky: [] })

const passed = (run: GateRun, knownFailures = 0): GateResult => ({
  ...run,
  status: 'passed',
  knownFailures,
  flaky: [],
})

/** Cut short before its end, a run has not named all that fails. */
const isCutShort = (run: GateRun, before: GateRun): boolean =>
  !hasPassed(run) && (run.timedOut !== before.timedOut || wasKilled(run) !== wasKilled(before))

/** Ended by a signal: a shell between it and us tells that as 128 and the signal's number. */
const wasKilled = ({ exitCode }: GateRun): boolean => exitCode === null || (exitCode > 128 && exitCode < 160)

/** Findings in `after` beyond those in `before`, each counted as often as it occurs; positions do not matter. */
function newSince(after: readonly Diagnostic[], before: readonly Diagnostic[]): Diagnostic[] {
  const left = new Map<string, number>()
  for (const diagnostic of before) left.set(keyOf(diagnostic), (left.get(keyOf(diagnostic)) ?? 0) + 1)
  return after.filter((diagnostic) => {
    const count = left.get(keyOf(diagnostic)) ?? 0
    left.set(keyOf(diagnostic), count - 1)
    return count <= 0
  })
}

const keyOf = ({ file, code, message }: Diagnostic): string => JSON.stringify([file, code, message])

/** What failed, short and structured: the next attempt is given this, and the user reads it. */
export function summarise(result: GateResult, most = 8): string {
  if (result.timedOut) return `${result.gate}: no result within ${Math.round(result.ms / 1000)} s (killed)`
  const lines = result.diagnostics.slice(0, most).map(lineOf)
  const more = result.diagnostics.length - lines.length
  if (lines.length === 0)
    return `${result.gate}: exit code ${result.exitCode ?? 'none (killed)'}, no readable finding`
  return [`${result.gate}:`, ...lines, ...(more > 0 ? [`  … and ${more} more`] : [])].join('\n')
}

function lineOf({ file, line, code, message }: Diagnostic): string {
  const where = file === null ? '' : `${file}${line === null ? '' : `:${line}`} `
  return `  ${where}${code === null ? '' : `${code} `}${message}`
}
