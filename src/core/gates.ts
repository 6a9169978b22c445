import type { Diagnostic, GateResult, GateRun } from './task.ts'

/** Most findings a run keeps; a run that holds this many may have lost some, so it cannot be compared. */
export const MOST_DIAGNOSTICS = 1_000

/**
 * Holds a gate's run on a candidate against the same gate on the base. Failures the base already had do not count;
 * one more of the same kind does. Without a baseline every failure counts.
 */
export function judge(run: GateRun, baseline: GateRun | null): GateResult {
  if (run.exitCode === 0 && !run.timedOut) return { ...run, status: 'passed', knownFailures: 0 }
  if (!baseline || (baseline.exitCode === 0 && !baseline.timedOut))
    return { ...run, status: 'failed', knownFailures: 0 }
  // cut short before its end, a run has not named all that fails
  const cutShort = run.timedOut !== baseline.timedOut || wasKilled(run) !== wasKilled(baseline)
  if (cutShort || run.diagnostics.length >= MOST_DIAGNOSTICS) {
    return { ...run, status: 'failed', knownFailures: 0 }
  }
  const fresh = newSince(run.diagnostics, baseline.diagnostics)
  const known = run.diagnostics.length - fresh.length
  // a gate that fails without saying why is the same failure only if it said nothing before, with the same exit code
  const silent = run.diagnostics.length === 0
  if (silent && (baseline.diagnostics.length > 0 || run.exitCode !== baseline.exitCode)) {
    return { ...run, status: 'failed', knownFailures: 0 }
  }
  if (fresh.length > 0) return { ...run, diagnostics: fresh, status: 'failed', knownFailures: known }
  return { ...run, status: 'passed', knownFailures: Math.max(1, known) }
}

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
