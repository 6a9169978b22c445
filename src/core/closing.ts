import type { Cluster } from './agreement.ts'
import type { Strategy } from './effort.ts'
import type { Fault } from './errors.ts'
import type { Candidate } from './task.ts'

/** The group that stands in front alone, if enough seats are behind it; null while it is open. */
export function decidedBy(
  clusters: readonly Cluster[],
  { agreeing }: Pick<Strategy, 'agreeing'>,
): Cluster | null {
  const lead = leaderOf(clusters)
  return lead && lead.seats.length >= agreeing ? lead : null
}

/** The one group that most seats stand behind; null where two are level. */
export function leaderOf(clusters: readonly Cluster[]): Cluster | null {
  const [first, second] = clusters
  if (!first) return null
  return second && second.seats.length === first.seats.length ? null : first
}

/** So many coders got it wrong, and none is verified, that the rest are not worth their price. */
export const isLost = (
  candidates: readonly Candidate[],
  { giveUpAfter }: Pick<Strategy, 'giveUpAfter'>,
): boolean =>
  candidates.every(({ state }) => state === 'failed' || state === 'rejected') &&
  candidates.filter((candidate) => !isOutOfReach(candidate)).length >= giveUpAfter

const FAULTS: ReadonlySet<string> = new Set<Fault>([
  'upstream',
  'timeout',
  'overloaded',
  'unauthorized',
  'not-found',
])

/** Did its coder never get to answer? That says nothing about the task. */
export const isOutOfReach = (candidate: Candidate): boolean =>
  candidate.state === 'failed' && FAULTS.has(candidate.code)
