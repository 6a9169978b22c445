import type { Cluster } from '../../core/agreement.ts'
import { differences } from '../../core/ballots/differences.ts'
import { settleByScores, tallyPairs, type ScoredBallot } from '../../core/ballots/pairs.ts'
import type { SwarmEvent } from '../../core/event.ts'
import type { Subtask } from '../../core/task.ts'
import { askedInPair, castBallot, matterOf, randomOf, type Asked, type Booth, type Matter } from './ballot.ts'
import { diffOf } from './first-to-three.ts'
import type { Stage } from '../ports.ts'
import { race } from '../race.ts'

/** Two consistent pairs ahead, of three at most. */
const RULE = { lead: 2, pairs: 3 }
export const PAIRS_PER_MATCH = RULE.pairs

/**
 * Which of these two groups the voters prefer, by both orders; null where they cannot say. Where the server tells how
 * likely either letter was, one pair is enough; else as many as it takes, the rest cancelled.
 */
export async function* match(
  pair: readonly [number, number],
  clusters: readonly Cluster[],
  subtask: Subtask,
  setting: Booth,
  signal: AbortSignal,
): Stage<number | null> {
  const two = pair.map((choice) => clusters[choice]!)
  yield {
    type: 'vote_start',
    subtask: subtask.id,
    options: two.map(({ seats }) => [...seats]),
    runOff: false,
  }
  const matter = matterOf(setting, subtask, differences(two.map(diffOf)))
  const [first, ...others] = askedIn(clusters.length - 2 - pair[0], subtask, setting)
  const opening = yield* castAll(matter, first!, () => false, setting, signal)
  const scored = settleByScores(opening)
  if (scored !== undefined) return scored === null ? null : pair[scored]!
  const ballots = (more: readonly ScoredBallot[]) => [...opening, ...more].map(({ ballot }) => ballot)
  const more = yield* castAll(
    matter,
    others.flat(),
    (more) => tallyPairs(ballots(more), RULE).kind !== 'open',
    setting,
    signal,
  )
  const result = tallyPairs(ballots(more), RULE)
  return result.kind === 'won' ? pair[result.choice]! : null
}

/** The ballots of one match, pair by pair; those of other matches have other numbers. */
function askedIn(match: number, subtask: Subtask, setting: Booth): Asked[][] {
  const random = randomOf(setting, subtask.id, `match ${match}`)
  return Array.from({ length: RULE.pairs }, (_, index) =>
    askedInPair(match * RULE.pairs + index, null, subtask.id, random),
  )
}

async function* castAll(
  matter: Matter,
  papers: readonly Asked[],
  enough: (cast: readonly ScoredBallot[]) => boolean,
  setting: Booth,
  signal: AbortSignal,
): Stage<ScoredBallot[]> {
  const cast = yield* race<SwarmEvent, ScoredBallot | null>(
    papers.map((paper) => (signal) => castBallot(matter, paper, false, setting, signal)),
    (cast) => enough(cast.filter((one) => one !== null)),
    signal,
  )
  return cast.filter((one) => one !== null)
}
