import type { Ballot } from '../task.ts'

/** A ballot, with the log-probability of each option where the server tells them. */
export type ScoredBallot = { readonly ballot: Ballot; readonly scores: readonly number[] | null }

export type PairRule = {
  /** Consistent pairs by which the winner has to be ahead. */
  readonly lead: number
  /** Pairs there may be at most. */
  readonly pairs: number
}

export type PairTally =
  | { readonly kind: 'open' }
  | { readonly kind: 'won'; readonly choice: number }
  /** Nobody can get far enough ahead any more. */
  | { readonly kind: 'undecided' }

/** Who is ahead of the other by this much; null while nobody is. */
export function aheadBy(votes: readonly [number, number], lead: number): 0 | 1 | null {
  const ahead = votes[0] - votes[1]
  if (Math.abs(ahead) < lead) return null
  return ahead > 0 ? 0 : 1
}

/** Counts pairs as they are completed. One that contradicts itself is an abstention. */
export function tallyPairs(ballots: readonly Ballot[], { lead, pairs }: PairRule): PairTally {
  const votes: [number, number] = [0, 0]
  const complete = completePairs(ballots)
  for (const pair of complete) {
    const choice = settlePair(pair)
    if (choice === 0 || choice === 1) votes[choice] += 1
    const winner = aheadBy(votes, lead)
    if (winner !== null) return { kind: 'won', choice: winner }
  }
  const left = pairs - complete.length
  return Math.abs(votes[0] - votes[1]) + left < lead ? { kind: 'undecided' } : { kind: 'open' }
}

/** What both ballots of a pair name; null where they contradict each other or one is no valid vote. */
export function settlePair([one, other]: readonly Ballot[]): number | null {
  if (!one || !other || one.choice === null) return null
  return one.choice === other.choice ? one.choice : null
}

/**
 * The option with the greater sum of log-probabilities over both orders. Null where they are level; undefined where
 * these two ballots cannot say, because one is no valid vote or came without scores.
 */
export function settleByScores(pair: readonly ScoredBallot[]): number | null | undefined {
  const scores = pair.flatMap(({ ballot, scores }) =>
    ballot.choice === null || scores === null ? [] : [scores],
  )
  if (scores.length < 2) return undefined
  const [one, other] = [0, 1].map((option) => scores.reduce((sum, each) => sum + each[option]!, 0))
  if (one === other) return null
  return one! > other! ? 0 : 1
}

/** Pairs of which both ballots are in, in the order in which they became complete. */
export function completePairs(ballots: readonly Ballot[]): [Ballot, Ballot][] {
  const waiting = new Map<number, Ballot>()
  const complete: [Ballot, Ballot][] = []
  for (const ballot of ballots) {
    if (ballot.pair === null) continue
    const first = waiting.get(ballot.pair)
    if (first) complete.push([first, ballot])
    else waiting.set(ballot.pair, ballot)
  }
  return complete
}
