import { shuffle, type Random } from './random.ts'
import type { Ballot } from './task.ts'

export type Tally =
  | { readonly kind: 'open' }
  | { readonly kind: 'won'; readonly choice: number }
  /** Nobody can get there any more; the two in front go to a run-off. */
  | { readonly kind: 'hung'; readonly leaders: readonly [number, number] }

/** Counts ballots as they fall: first to `quorum` wins; hung as soon as nobody can reach it with the ballots left. */
export function tally(
  ballots: readonly Ballot[],
  rule: { options: number; ballots: number; quorum: number },
): Tally {
  const votes = countVotes(ballots, rule.options)
  const ranking = votes.map((count, choice) => ({ choice, count })).sort((a, b) => b.count - a.count)
  const [first, second] = ranking
  if (!first || !second) return { kind: 'won', choice: 0 }
  if (first.count >= rule.quorum) return { kind: 'won', choice: first.choice }
  const left = rule.ballots - ballots.length
  if (first.count + left >= rule.quorum) return { kind: 'open' }
  return { kind: 'hung', leaders: [first.choice, second.choice] }
}

function countVotes(ballots: readonly Ballot[], options: number): number[] {
  const votes = Array.from({ length: options }, () => 0)
  for (const { choice } of ballots) {
    if (choice !== null) votes[choice] = (votes[choice] ?? 0) + 1
  }
  return votes
}

/**
 * The order in which each ballot shows the options. Every ballot has another rotation of one shuffled order, and every
 * second round of rotations is reversed, so no position is anybody's for long: judges favour positions.
 */
export function ballotOrders(options: number, ballots: number, random: Random): number[][] {
  const shuffled = shuffle(
    Array.from({ length: options }, (_, option) => option),
    random,
  )
  return Array.from({ length: ballots }, (_, ballot) => {
    const start = ballot % options
    const rotated = [...shuffled.slice(start), ...shuffled.slice(0, start)]
    return Math.floor(ballot / options) % 2 === 1 && options > 2 ? rotated.toReversed() : rotated
  })
}
