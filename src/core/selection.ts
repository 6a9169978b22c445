import { shuffle, type Random } from './random.ts'
import type { Ballot, Candidate, Verified } from './task.ts'

/** Verified candidates that are the very same tree: one result, with as much support as it has members. */
export type Cluster = { readonly tree: string; readonly members: readonly Verified[]; readonly lines: number }

/** Groups verified candidates by the tree they made: most support first, then the smaller diff, then the earlier seat. */
export function clustersOf(candidates: readonly Candidate[]): Cluster[] {
  const byTree = new Map<string, Verified[]>()
  for (const candidate of candidates) {
    if (candidate.state !== 'verified') continue
    const tree = candidate.patch.tree
    byTree.set(tree, [...(byTree.get(tree) ?? []), candidate])
  }
  return [...byTree.entries()]
    .map(([tree, members]) => ({ tree, members, lines: members[0]!.patch.lines }))
    .sort(
      (left, right) =>
        right.members.length - left.members.length ||
        left.lines - right.lines ||
        firstSeat(left) - firstSeat(right),
    )
}

const firstSeat = (cluster: Cluster): number => Math.min(...cluster.members.map(({ place }) => place.seat))

/** Nothing a straggler could bring is waited for: enough candidates are verified, or all seats are done. */
export function isClosed(candidates: readonly Candidate[], seats: number, quorum: number): boolean {
  if (candidates.length >= seats) return true
  return candidates.filter(({ state }) => state === 'verified').length >= quorum
}

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

/** The letter that stands for a position on a ballot. */
export const letterOf = (position: number): string => String.fromCharCode(65 + position)

/**
 * Reads a voter's reply strictly: one listed letter and nothing else ("B", "B.", "B)"). "Candidate B" names an option
 * but is no vote: the C in it was once counted as one.
 */
export function readLetter(reply: string, order: readonly number[]): number | null {
  const letter = /^\s*([A-Z])\s*[.):]?\s*$/.exec(reply)?.[1]
  if (letter === undefined) return null
  return order[letter.charCodeAt(0) - 65] ?? null
}

/** A run-off is two ballots, one in each order. Both must name the same option; anything else leaves it undecided. */
export function settleRunOff(ballots: readonly Ballot[]): number | null {
  const [forward, reverse] = ballots
  if (!forward || !reverse || forward.choice === null) return null
  return forward.choice === reverse.choice ? forward.choice : null
}
