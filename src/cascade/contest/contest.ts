import { isOutOfReach } from '../../core/closing.ts'
import type { SwarmEvent } from '../../core/event.ts'
import { seatsFor } from '../../core/experience.ts'
import { SwarmError } from '../../core/errors.ts'
import type { Candidate, Proof, Subtask, Verified } from '../../core/task.ts'
import { choose, type Doubt } from './choose.ts'
import { gather } from './gather.ts'
import type { Stage } from '../ports.ts'
import { seatsOf } from './seats.ts'
import type { Setting } from '../setting.ts'

export type Contest = {
  /** null when no candidate was verified, or when those that were left a doubt that a higher tier may settle. */
  readonly winner: Verified | null
  readonly candidates: readonly Candidate[]
  /** Everything that passed the gates, of this attempt and of earlier ones, the winner included. */
  readonly survivors: readonly Verified[]
  /** Why survivors did not convince; null where one won or there is none. */
  readonly doubt: Doubt | null
  /** Groups of changes that passed, where neither agreement, tests nor votes told which is right; null elsewhere. */
  readonly undecided: number | null
  /** What is known of the winner beyond its gates. */
  readonly proof: Omit<Proof, 'review'>
}
/**
 * Seats race on one sub-task. Survivors that agree win; where they leave a doubt a test of the request is tried, then
 * a higher tier, and voters where there is none. What is still running when it is decided is cancelled.
 */
export async function* contest(
  subtask: Subtask,
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Stage<Contest> {
  const count = yield* countSeats(setting)
  const seats = yield* seatsOf(count, subtask, base, setting, signal)
  const here = { ...setting, held: atThisTable(setting.held, subtask, seats.length) }
  yield { type: 'contest_start', subtask: subtask.id, seats: seats.length, held: here.held.length }
  const gathered = yield* gather(subtask, seats, here, signal)
  const { chosen, clusters, doubt, decision, candidates, strength, specTest } = yield* choose(
    subtask,
    base,
    gathered,
    here,
    signal,
  )
  const verified = gathered.candidates.filter(({ state }) => state === 'verified').length
  const agreeing = chosen?.cluster.seats.length ?? 0
  yield {
    type: 'contest_end',
    subtask: subtask.id,
    winner: chosen?.winner.place.seat ?? null,
    decision,
    verified,
    support: agreeing,
    clusters: clusters.map(({ seats }) => [...seats]),
  }
  if (clusters.length === 0) throwIfAllBroke(gathered.candidates, setting)
  return {
    winner: chosen?.winner ?? null,
    candidates,
    survivors: clusters.flatMap(({ members }) => members),
    doubt,
    undecided: decision === 'undecided' ? clusters.length : null,
    proof: {
      agreement: { agreeing, verified, candidates: gathered.candidates.length },
      strength,
      specTest,
    },
  }
}

/** As many coders as are configured for the tier, or fewer where that has always been enough. */
function* countSeats({ tier, kind, strategy, ports }: Setting): Generator<SwarmEvent, number, void> {
  const configured = ports.limits.seats[tier]
  if (!strategy.mayShrink) return configured
  const { value, reason } = seatsFor(configured, kind, ports.experience.rate(tier, kind))
  if (reason !== null) yield { type: 'experience_used', reason }
  return value
}

/** Changes of earlier attempts sit down after the seats of this one, so that every place is one candidate's. */
const atThisTable = (held: readonly Verified[], { id }: Subtask, seats: number): Verified[] =>
  held.map((candidate, index) => ({ ...candidate, place: { subtask: id, seat: seats + index + 1 } }))

/**
 * When not one seat could reach its model, the upstream is broken, and no further attempt will mend that; unless a higher
 * tier stands on another server.
 */
function throwIfAllBroke(candidates: readonly Candidate[], { tier, ports: { models } }: Setting): void {
  const [first] = candidates
  if (first?.state !== 'failed' || !candidates.every(isOutOfReach)) return
  const above = models.tiers.slice(models.tiers.indexOf(tier) + 1)
  if (above.some((other) => models.serversOf?.(other) !== models.serversOf?.(tier))) return
  throw new SwarmError('upstream', `no coder could do its work; the first: ${first.reason}`)
}
