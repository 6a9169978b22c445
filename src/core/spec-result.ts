import type { TestRun } from './test-outcome.ts'

/** What a test of the request turned out to be: a gate, something that tells candidates apart, or nothing. */
export type SpecStatus = 'holds' | 'probe' | 'dropped'

/**
 * What a test of the request is worth, from how it ended on the base and on each survivor. One that fails on the base
 * and passes on a survivor is a gate. One that only tells survivors apart is a probe.
 */
export function worthOf(
  base: TestRun,
  survivors: readonly TestRun[],
): { status: SpecStatus; reason: string | null } {
  const dropped = (reason: string) => ({ status: 'dropped', reason }) as const
  if (!survivors.some(({ outcome }) => outcome === 'passed')) return dropped('it passes on no candidate')
  if (base.outcome === 'failed' || base.outcome === 'broken') return { status: 'holds', reason: null }
  if (survivors.some(({ outcome }) => outcome === 'unclear')) return dropped('a test run tells nothing of it')
  const reason = 'it does not fail without the change'
  if (new Set(survivors.map(wordOf)).size === 1) return dropped(reason)
  return { status: 'probe', reason: `${reason}, but it tells candidates apart` }
}

/** Did two runs on the same files say the same, test by test? */
export const isSame = (first: TestRun, second: TestRun): boolean => wordOf(first) === wordOf(second)

const wordOf = ({ outcome, cases }: TestRun): string =>
  JSON.stringify([outcome, cases.map(({ id, status }) => `${status} ${id}`).sort()])
