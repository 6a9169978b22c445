import { randomFrom, seedOf } from '../core/random.ts'
import { ballotOrders, letterOf, readLetter, settleRunOff, tally, type Cluster } from '../core/selection.ts'
import type { SwarmEvent } from '../core/event.ts'
import type { Ballot, Decision, Subtask } from '../core/task.ts'
import { tryAsk } from './ask.ts'
import type { Stage } from './ports.ts'
import { race } from './race.ts'
import type { Setting } from './setting.ts'

/** Voters are the routine work of the cheapest tier. */
const VOTERS_TIER = 0

type Vote = { choice: number; decision: Decision }

/**
 * Voters choose among verified candidates that differ: shuffled anonymous options, one letter each, first to the
 * quorum, the rest cancelled. When nobody can get there, the two in front meet in both orders; still level, the
 * smaller diff wins and the story says that it was undecided.
 */
export async function* vote(
  subtask: Subtask,
  clusters: readonly Cluster[],
  setting: Setting,
  signal: AbortSignal,
): Stage<Vote> {
  const { limits } = setting.ports
  const { task, attempt } = setting
  const orders = ballotOrders(
    clusters.length,
    limits.ballots,
    randomFrom(seedOf(task.id, attempt, subtask.id, 'ballots')),
  )
  const rule = { options: clusters.length, ballots: limits.ballots, quorum: limits.quorum }
  yield { type: 'vote_start', subtask: subtask.id, options: clusters.map(seatsIn), runOff: false }
  const ballots = yield* race<SwarmEvent, Ballot>(
    orders.map(
      (order, index) => (signal: AbortSignal) =>
        castBallot({ voter: index + 1, order, runOff: false }, subtask, clusters, setting, signal),
    ),
    (ballots) => tally(ballots, rule).kind !== 'open',
    signal,
  )
  const result = tally(ballots, { ...rule, ballots: ballots.length })
  if (result.kind === 'won') return { choice: result.choice, decision: 'vote' }
  const leaders = result.kind === 'hung' ? result.leaders : ([0, 1] as const)
  return yield* runOff(leaders, subtask, clusters, setting, signal)
}

async function* runOff(
  leaders: readonly [number, number],
  subtask: Subtask,
  clusters: readonly Cluster[],
  setting: Setting,
  signal: AbortSignal,
): Stage<Vote> {
  const [one, other] = leaders
  yield {
    type: 'vote_start',
    subtask: subtask.id,
    options: leaders.map((leader) => seatsIn(clusters[leader]!)),
    runOff: true,
  }
  const orders = [
    [one, other],
    [other, one],
  ]
  const first = setting.ports.limits.ballots + 1
  const ballots = yield* race<SwarmEvent, Ballot>(
    orders.map(
      (order, index) => (signal: AbortSignal) =>
        castBallot({ voter: first + index, order, runOff: true }, subtask, clusters, setting, signal),
    ),
    () => false,
    signal,
  )
  const settled = settleRunOff(ballots)
  if (settled !== null) return { choice: settled, decision: 'run-off' }
  const smaller = clusters[other]!.lines < clusters[one]!.lines ? other : one
  return { choice: smaller, decision: 'undecided' }
}

async function* castBallot(
  ballot: { voter: number; order: readonly number[]; runOff: boolean },
  subtask: Subtask,
  clusters: readonly Cluster[],
  setting: Setting,
  signal: AbortSignal,
): Stage<Ballot> {
  const { ports, task, brief, attempt } = setting
  const options = ballot.order.map((choice, position) => {
    const { patch } = clusters[choice]!.members[0]!
    return `## Option ${letterOf(position)}\n\n${patch.diff}`
  })
  const prompt = ports.prompts.render('vote', {
    request: brief.request,
    subtask: subtask.description,
    options: options.join('\n\n'),
    letters: ballot.order.map((_, position) => letterOf(position)).join(', '),
  })
  const place = { subtask: subtask.id, seat: ballot.voter }
  const tier = ports.models.tiers[VOTERS_TIER]!
  const answer = yield* tryAsk(
    { taskId: task.id, role: 'voter', place, tier, attempt, prompt },
    ports,
    signal,
  )
  const reply = answer.ok ? answer.reply.text : ''
  const choice = readLetter(reply, ballot.order)
  const cast: Ballot = { voter: ballot.voter, choice, reply: reply.trim().slice(0, 40) }
  yield { type: 'ballot_cast', subtask: subtask.id, ballot: cast, runOff: ballot.runOff }
  return cast
}

const seatsIn = ({ members }: Cluster): number[] => members.map(({ place }) => place.seat)
