import { isStrong } from './mutants.ts'
import type { GateResult, Outcome, Proof } from './task.ts'

/** Exit codes that say that there is no such program, or that it may not be run (POSIX, Shell and Utilities 2.8.2). */
const NOT_RUN: ReadonlySet<number> = new Set([126, 127])

/**
 * Why a change that no gate rejected is all the same not proven; null when it is. `leftOut` are gates nothing would have
 * held, `configuration` what the change rewrites of the checks' own settings, with the user's leave.
 */
export function whyUnproven(
  gates: readonly GateResult[],
  leftOut: readonly string[],
  configuration: readonly string[],
): string | null {
  if (leftOut.length > 0)
    return `${leftOut.join(' and ')} was not run: there is no sandbox to hold what a model wrote`
  if (gates.length === 0) return 'no lint, typecheck, build or test was found in the project'
  if (gates.every(({ exitCode }) => exitCode !== null && NOT_RUN.has(exitCode)))
    return `${gates.map(({ gate }) => gate).join(' and ')} could not be run: the program is not installed`
  if (configuration.length > 0)
    return `with your leave it changes ${configuration.join(' and ')}, which the checks themselves go by`
  return null
}

/** How much is known of an answer, from most to least. */
export type Label = 'verified-strong' | 'verified' | 'unverified' | 'abstained'

/** Strong is what coders agree on, and gates that were shown to notice what is wrong in the changed lines have passed. */
export function labelOf(outcome: Outcome): Label {
  if (outcome.kind !== 'verified') return outcome.kind
  const { agreement } = outcome.proof
  return hasStrongGates(outcome.proof) && agreement.agreeing > 1 ? 'verified-strong' : 'verified'
}

const hasStrongGates = ({ strength, specTest }: Proof): boolean =>
  specTest !== null || (strength !== null && isStrong(strength))
