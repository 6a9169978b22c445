import type { Cluster } from '../../core/agreement.ts'
import { differences } from '../../core/ballots/differences.ts'
import { drawLetters } from '../../core/ballots/letters.ts'
import { settlePair } from '../../core/ballots/pairs.ts'
import type { SwarmEvent } from '../../core/event.ts'
import { ballotOrders, tally } from '../../core/selection.ts'
import type { Ballot, Decision, Subtask } from '../../core/task.ts'
import { castBallot, matterOf, randomOf, type Booth } from './ballot.ts'
import type { Stage } from '../ports.ts'
import { race } from '../race.ts'

export type Vote = { readonly choice: number; readonly decision: Decision }

/**
 * Voters choose among all groups of verified candidates: shuffled anonymous options, one letter each, first to the
 * quorum, the rest cancelled. When nobody can get there, the two in front meet in both orders; still level, the
 * smaller diff wins and the story says that it was undecided.
 */
export async function* firstToThree(
  subtask: Subtask,
  clusters: readonly Cluster[],
  setting: Booth,
  signal: AbortSignal,
): Stage<Vote> {
  const { ballots: most, quorum } = setting.ports.limits
  const random = randomOf(setting, subtask.id, 'ballots')
  const orders = ballotOrders(clusters.length, most, random)
  const rule = { options: clusters.length, ballots: most, quorum }
  const ballots = yield* cast(orders, clusters, subtask, setting, signal, {
    enough: (ballots) => tally(ballots, rule).kind !== 'open',
    runOff: false,
  })
  const result = tally(ballots, { ...rule, ballots: ballots.length })
  if (result.kind === 'won') return { choice: result.choice, decision: 'vote' }
  const leaders = result.kind === 'hung' ? result.leaders : ([0, 1] as const)
  return yield* runOff(leaders, subtask, clusters, setting, signal)
}

async function* runOff(
  leaders: readonly [number, number],
  subtask: Subtask,
  clusters: readonly Cluster[],
  setting: Booth,
  signal: AbortSignal,
): Stage<Vote> {
  const two = leaders.map((leader) => clusters[leader]!)
  const orders = [
    [0, 1],
    [1, 0],
  ]
  const ballots = yield* cast(orders, two, subtask, setting, signal, { enough: () => false, runOff: true })
  const settled = settlePair(ballots)
  if (settled !== null) return { choice: leaders[settled]!, decision: 'run-off' }
  const [one, other] = leaders
  return { choice: clusters[other]!.lines < clusters[one]!.lines ? other : one, decision: 'undecided' }
}

/** One ballot in each of these orders, side by side. A voter that does not answer casts none. */
async function* cast(
  orders: readonly (readonly number[])[],
  options: readonly Cluster[],
  subtask: Subtask,
  setting: Booth,
  signal: AbortSignal,
  { enough, runOff }: { enough: (ballots: readonly Ballot[]) => boolean; runOff: boolean },
): Stage<Ballot[]> {
  yield { type: 'vote_start', subtask: subtask.id, options: options.map(({ seats }) => [...seats]), runOff }
  const matter = matterOf(setting, subtask, differences(options.map(diffOf)))
  const random = randomOf(setting, subtask.id, runOff ? 'run-off letters' : 'letters')
  const before = runOff ? setting.ports.limits.ballots : 0
  const papers = orders.map((order, index) => ({
    order,
    letters: drawLetters(order.length, random),
    place: { subtask: subtask.id, seat: before + index + 1 },
    pair: runOff ? 0 : null,
    truth: null,
  }))
  const silent = ({ place }: { place: { seat: number } }): Ballot => ({ ...NO_BALLOT, voter: place.seat })
  return yield* race<SwarmEvent, Ballot>(
    papers.map(
      (paper) =>
        async function* (signal: AbortSignal): Stage<Ballot> {
          return (yield* castBallot(matter, paper, runOff, setting, signal))?.ballot ?? silent(paper)
        },
    ),
    enough,
    signal,
  )
}

/** In the count, a voter that did not answer is as good as one that said nothing valid. */
const NO_BALLOT: Omit<Ballot, 'voter'> = { choice: null, reply: '', position: null, pair: null, truth: null }

/** A group of candidates is shown as its smallest diff, which is also what would be delivered. */
export const diffOf = ({ members }: Cluster): string =>
  members.toSorted((one, other) => one.patch.lines - other.patch.lines)[0]!.patch.diff
