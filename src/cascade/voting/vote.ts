import type { Cluster } from '../../core/agreement.ts'
import { differences } from '../../core/ballots/differences.ts'
import type { SwarmEvent } from '../../core/event.ts'
import type { Candidate, Subtask } from '../../core/task.ts'
import { askedInPair, castBallot, matterOf, randomOf, type Booth } from './ballot.ts'
import { admitVoter } from './examine.ts'
import { diffOf, firstToThree, type Vote } from './first-to-three.ts'
import { match, PAIRS_PER_MATCH } from './match.ts'
import type { Stage } from '../ports.ts'
import { race } from '../race.ts'

export type RejectedCandidate = Extract<Candidate, { state: 'rejected' }>

type News = { readonly kind: 'vote'; readonly vote: Vote | null } | { readonly kind: 'known pair' }

/**
 * Voters choose among groups of verified candidates that differ. Null where that decides nothing: no voter has shown
 * that it is better than chance, or they contradict themselves. Beside it a pair whose right side the gates know goes
 * to the same voter, as far as it can be answered while the vote lasts.
 */
export async function* vote(
  subtask: Subtask,
  clusters: readonly Cluster[],
  rejected: readonly RejectedCandidate[],
  setting: Booth,
  signal: AbortSignal,
): Stage<Vote | null> {
  if (clusters.length < 2) return clusters.length === 0 ? null : { choice: 0, decision: 'only' }
  if (setting.ports.limits.voting === 'first-to-3')
    return yield* firstToThree(subtask, clusters, setting, signal)
  if (!(yield* admitVoter(setting, signal))) return null
  const news = yield* race<SwarmEvent, News>(
    [
      (signal) => knockOut(subtask, clusters, setting, signal),
      ...knownPair(subtask, clusters, rejected, setting),
    ],
    (news) => news.some(({ kind }) => kind === 'vote'),
    signal,
  )
  return news.find((one) => one.kind === 'vote')?.vote ?? null
}

/** Two options a ballot. The smaller groups meet first; the winner of each match meets the next larger group. */
async function* knockOut(
  subtask: Subtask,
  clusters: readonly Cluster[],
  setting: Booth,
  signal: AbortSignal,
): Stage<News> {
  let standing = clusters.length - 1
  for (let larger = standing - 1; larger >= 0; larger -= 1) {
    const winner = yield* match([larger, standing], clusters, subtask, setting, signal)
    if (winner === null && larger === 0) return { kind: 'vote', vote: null }
    // before the last match a group that nobody can tell from a larger one leaves the place to it
    standing = winner ?? larger
  }
  return { kind: 'vote', vote: { choice: standing, decision: 'vote' } }
}

/** A verified candidate beside one that a test or the build has refused: which is right is known without a voter. */
function knownPair(
  subtask: Subtask,
  clusters: readonly Cluster[],
  rejected: readonly RejectedCandidate[],
  setting: Booth,
): ((signal: AbortSignal) => Stage<News>)[] {
  const wrong = rejected.find(({ gates }) =>
    gates.some(({ kind, status }) => status === 'failed' && (kind === 'test' || kind === 'build')),
  )
  if (!wrong) return []
  const matter = matterOf(setting, subtask, differences([diffOf(clusters[0]!), wrong.patch.diff]))
  const pair = (clusters.length - 1) * PAIRS_PER_MATCH
  const random = randomOf(setting, subtask.id, 'known pair')
  return askedInPair(pair, 0, subtask.id, random).map(
    (paper) =>
      async function* (signal: AbortSignal): Stage<News> {
        yield* castBallot(matter, paper, false, setting, signal)
        return { kind: 'known pair' }
      },
  )
}
