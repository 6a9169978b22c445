import { SwarmError } from '../core/errors.ts'
import type { SwarmEvent } from '../core/event.ts'
import { clustersOf, isClosed, type Cluster } from '../core/selection.ts'
import type { Candidate, Decision, Subtask, Verified } from '../core/task.ts'
import { code } from './code.ts'
import type { Clock, Limits, Stage } from './ports.ts'
import { race } from './race.ts'
import { seatsOf } from './seats.ts'
import type { Setting } from './setting.ts'
import { vote } from './vote.ts'

export type Contest = {
  /** null when no candidate was verified. */
  readonly winner: Verified | null
  readonly candidates: readonly Candidate[]
}

/**
 * Seats race on one sub-task. Each candidate is verified the moment it arrives, while others still type; the contest
 * closes as soon as enough are verified, or stragglers have had their time; what is still running is cancelled.
 * Survivors that agree win without a ballot; where they differ, voters choose.
 */
export async function* contest(
  subtask: Subtask,
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Stage<Contest> {
  const { limits, clock } = setting.ports
  const seats = await seatsOf(subtask, base, setting)
  yield { type: 'contest_start', subtask: subtask.id, seats: seats.length }

  const time = timekeeper(limits, clock)
  const results = yield* race<SwarmEvent, Candidate | 'time'>(
    [
      ...seats.map((seat) => (signal: AbortSignal) => time.watch(code(seat, setting, signal))),
      (signal) => time.keep(signal),
    ],
    (results) => results.includes('time') || isClosed(candidatesIn(results), seats.length, limits.quorum),
    signal,
  )

  const candidates = candidatesIn(results)
  const clusters = clustersOf(candidates)
  const verified = clusters.reduce((sum, { members }) => sum + members.length, 0)
  const end = { type: 'contest_end', subtask: subtask.id, verified } as const
  if (clusters.length === 0) {
    yield { ...end, winner: null, decision: null, support: 0 }
    throwIfAllBroke(candidates)
    return { winner: null, candidates }
  }
  const { choice, decision } = yield* choose(subtask, clusters, setting, signal)
  const { members } = clusters[choice]!
  const winner = members[0]!
  yield { ...end, winner: winner.place.seat, decision, support: members.length }
  return { winner, candidates }
}

async function* choose(
  subtask: Subtask,
  clusters: readonly Cluster[],
  setting: Setting,
  signal: AbortSignal,
): Stage<{ choice: number; decision: Decision }> {
  if (clusters.length > 1) return yield* vote(subtask, clusters, setting, signal)
  return { choice: 0, decision: clusters[0]!.members.length > 1 ? 'agreement' : 'only' }
}

const candidatesIn = (results: readonly (Candidate | 'time')[]): Candidate[] =>
  results.filter((result) => result !== 'time')

/** Gives stragglers some of the first verified candidate's time again, and says when it is up. */
function timekeeper(limits: Limits, clock: Clock) {
  const startedAt = clock.now()
  const first = Promise.withResolvers<void>()
  return {
    async *watch(seat: Stage<Candidate>): Stage<Candidate> {
      const candidate = yield* seat
      if (candidate.state === 'verified') first.resolve()
      return candidate
    },
    // eslint-disable-next-line require-yield -- it only keeps time
    async *keep(signal: AbortSignal): Stage<'time'> {
      signal.addEventListener('abort', () => first.resolve(), { once: true })
      await first.promise
      await clock.sleep(Math.max(limits.patienceMs, limits.patience * (clock.now() - startedAt)), signal)
      return 'time'
    },
  }
}

/** When not one seat could reach its model, the upstream is broken, and no further attempt will mend that. */
function throwIfAllBroke(candidates: readonly Candidate[]): void {
  const faults = new Set<string>(['upstream', 'timeout', 'overloaded', 'unauthorized', 'not-found'])
  const broken = candidates.filter((candidate) => candidate.state === 'failed' && faults.has(candidate.code))
  const [first] = broken
  if (!first || first.state !== 'failed' || broken.length < candidates.length) return
  throw new SwarmError('upstream', `no coder could do its work; the first: ${first.reason}`)
}
