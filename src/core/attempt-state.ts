import { unreachable } from './errors.ts'
import type { SwarmEvent } from './event.ts'
import type {
  Ballot,
  Decision,
  GateResult,
  Objection,
  Place,
  Plan,
  Role,
  Strength,
  TierName,
} from './task.ts'

/** What is known of the change at one place: a seat, a revision, or the union of all sub-tasks. */
export type CandidateState = {
  readonly place: Place
  readonly state:
    | 'typing'
    | 'applied'
    | 'checking'
    | 'verified'
    | 'agreed'
    | 'rejected'
    | 'failed'
    | 'cancelled'
  readonly reason: string | null
  /** Why it is no verified candidate, as a code: a red flag's, `gate NAME`, `call`; null where there is none. */
  readonly code: string | null
  /** The model that was asked; null at a place without a coder. */
  readonly model: string | null
  /** The place whose candidate is the same code, where it agreed with one. */
  readonly agreedWith: Place | null
  /** What the test of the request said of it. */
  readonly specPassed: boolean | null
  readonly strength: Strength | null
  readonly files: readonly string[]
  readonly diffSize: number
  readonly tree: string | null
  readonly gates: readonly GateResult[]
  readonly startedAt: number
  readonly endedAt: number | null
}

export type ContestState = {
  readonly subtask: string
  readonly seats: number
  /** Changes of earlier attempts that it compares with. */
  readonly held: number
  readonly verified: number
  readonly support: number
  readonly winner: number | null
  readonly decision: Decision | null
  /** Seats of each group that agrees, the winner's first. */
  readonly clusters: readonly (readonly number[])[]
}

/** The event of this name. */
type Event<Type extends SwarmEvent['type']> = Extract<SwarmEvent, { type: Type }>
/** An event's facts without its name. */
export type FactsOf<Type extends SwarmEvent['type']> = Readonly<Omit<Event<Type>, 'type'>>

export type CastBallot = {
  readonly subtask: string
  readonly runOff: boolean
  readonly model: string | null
} & Ballot
export type CastVerdict = {
  readonly loop: number
  readonly model: string | null
  readonly requirements: FactsOf<'review_complete'>['requirements']
  readonly decision: 'approve' | 'reject' | 'unsure' | 'unreadable'
  readonly objections: readonly Objection[]
}

export type AttemptState = {
  readonly attempt: number
  readonly tier: TierName
  readonly startedAt: number
  readonly plan: Plan | null
  readonly contests: readonly ContestState[]
  readonly candidates: readonly CandidateState[]
  readonly ballots: readonly CastBallot[]
  readonly verdicts: readonly CastVerdict[]
  /** Every reply and patch that was refused; a seat that was asked once more may have several. */
  readonly refusals: readonly (FactsOf<'patch_rejected'> & { readonly model: string | null })[]
  readonly specTests: readonly FactsOf<'spec_test'>[]
  readonly examined: readonly FactsOf<'voter_examined'>[]
  readonly checked: readonly FactsOf<'objection_checked'>[]
  /** What each of those who were asked was shown. */
  readonly contexts: readonly FactsOf<'context_ready'>[]
  /** The model that spoke last in each role. */
  readonly speakers: Readonly<Partial<Record<Role, string>>>
}

/** What happens within an attempt. */
export type AttemptEvent = Exclude<
  SwarmEvent,
  | { type: 'model_call_start' | 'model_call_delta' | 'model_call_complete' }
  | {
      type:
        | 'task_created'
        | 'workspace_ready'
        | 'earlier_change'
        | 'media_start'
        | 'media_read'
        | 'attempt_start'
        | 'experience_used'
        | 'map_ready'
        | 'planner_looked'
        | 'tools_withdrawn'
        | 'prompt_trimmed'
        | 'prompt_cut'
        | 'stand_in'
        | 'prefix_warmed'
        | 'budget_spent'
        | 'escalation'
    }
  | { type: 'task_complete' | 'task_abort' }
>
/** What is known of an attempt after one more event in it. */
export function learnInAttempt(attempt: AttemptState, event: AttemptEvent, at: number): AttemptState {
  switch (event.type) {
    case 'plan_ready':
      return { ...attempt, plan: event.plan }
    case 'contest_start': {
      const { subtask, seats, held } = event
      const contest = {
        subtask,
        seats,
        held,
        verified: 0,
        support: 0,
        winner: null,
        decision: null,
        clusters: [],
      }
      return { ...attempt, contests: [...attempt.contests, contest] }
    }
    case 'contest_end': {
      const { type: _, ...result } = event
      const contests = attempt.contests.map((contest) =>
        contest.subtask === event.subtask ? { ...contest, ...result } : contest,
      )
      return leaveSeats({ ...attempt, contests }, event.subtask, at)
    }
    case 'patch_applied': {
      const { files, diffSize, tree } = event
      return mendCandidate(attempt, event.place, at, { state: 'applied', files, diffSize, tree })
    }
    case 'patch_rejected':
      return refuse(attempt, event, at)
    case 'verification_start':
      return mendCandidate(attempt, event.place, at, { state: 'checking', tree: event.tree })
    case 'gate_complete': {
      const gates = candidateAt(attempt, event.place)?.gates ?? []
      return mendCandidate(attempt, event.place, at, { gates: [...gates, event.result] })
    }
    case 'verification_pass':
      return mendCandidate(attempt, event.place, at, { state: 'verified', endedAt: at })
    case 'verification_fail':
      return mendCandidate(attempt, event.place, at, {
        state: 'rejected',
        reason: event.summary,
        code: `gate ${event.gate}`,
        endedAt: at,
      })
    case 'candidate_agreed':
      return mendCandidate(attempt, event.place, at, {
        state: 'agreed',
        agreedWith: event.with,
        endedAt: at,
      })
    case 'gate_strength':
      return mendCandidate(attempt, event.place, at, { strength: event.strength })
    case 'spec_test':
      return { ...attempt, specTests: [...attempt.specTests, factsOf(event)] }
    case 'spec_result':
      return mendCandidate(attempt, event.place, at, { specPassed: event.passed })
    case 'voter_examined':
      return { ...attempt, examined: [...attempt.examined, factsOf(event)] }
    case 'objection_checked':
      return { ...attempt, checked: [...attempt.checked, factsOf(event)] }
    case 'context_ready':
      return { ...attempt, contexts: [...attempt.contexts, factsOf(event)] }
    case 'vote_start':
      return attempt
    case 'ballot_cast': {
      const { subtask, runOff, ballot } = event
      const cast = { subtask, runOff, model: attempt.speakers.voter ?? null, ...ballot }
      return { ...attempt, ballots: [...attempt.ballots, cast] }
    }
    case 'review_complete': {
      const { loop, decision, requirements, objections } = event
      const cast = { loop, model: attempt.speakers.reviewer ?? null, decision, requirements, objections }
      return { ...attempt, verdicts: [...attempt.verdicts, cast] }
    }
    case 'policy_set':
    case 'private_withheld':
      return attempt
    default:
      return unreachable(event)
  }
}

function refuse(attempt: AttemptState, event: Event<'patch_rejected'>, at: number): AttemptState {
  const { code, reason } = event
  const { model = null } = candidateAt(attempt, event.place) ?? {}
  const refusals = [...attempt.refusals, { ...factsOf(event), model }]
  return mendCandidate({ ...attempt, refusals }, event.place, at, {
    state: 'rejected',
    reason,
    code,
    endedAt: at,
  })
}

function factsOf<Type extends SwarmEvent['type']>(event: Event<Type>): FactsOf<Type> {
  const { type: _, ...facts } = event
  return facts
}

const isAt =
  (place: Place) =>
  (candidate: CandidateState): boolean =>
    candidate.place.subtask === place.subtask && candidate.place.seat === place.seat

const candidateAt = (attempt: AttemptState, place: Place): CandidateState | undefined =>
  attempt.candidates.find(isAt(place))

/** A coder starts afresh at its seat, whoever sat there before. */
export function sitDown(attempt: AttemptState, place: Place, model: string, at: number): AttemptState {
  const others = attempt.candidates.filter((candidate) => !isAt(place)(candidate))
  return { ...attempt, candidates: [...others, { ...emptySeat(place, at), model }] }
}

const emptySeat = (place: Place, at: number): CandidateState => ({
  place,
  state: 'typing',
  reason: null,
  code: null,
  model: null,
  agreedWith: null,
  specPassed: null,
  strength: null,
  files: [],
  diffSize: 0,
  tree: null,
  gates: [],
  startedAt: at,
  endedAt: null,
})

/** A place without a coder, such as the union of all sub-tasks, appears with its first event. */
export function mendCandidate(
  attempt: AttemptState,
  place: Place,
  at: number,
  news: Partial<CandidateState>,
): AttemptState {
  const known = candidateAt(attempt, place)
  if (!known) return { ...attempt, candidates: [...attempt.candidates, { ...emptySeat(place, at), ...news }] }
  return {
    ...attempt,
    candidates: attempt.candidates.map((candidate) =>
      candidate === known ? { ...known, ...news } : candidate,
    ),
  }
}

/** When a contest is over, whoever had not finished was cancelled. */
function leaveSeats(attempt: AttemptState, subtask: string, at: number): AttemptState {
  const candidates = attempt.candidates.map((candidate) =>
    candidate.place.subtask === subtask && candidate.endedAt === null
      ? { ...candidate, state: 'cancelled' as const, endedAt: at }
      : candidate,
  )
  return { ...attempt, candidates }
}
