import { unreachable } from './errors.ts'
import type { Entry, SwarmEvent } from './event.ts'
import type {
  Ballot,
  Decision,
  GateResult,
  Objection,
  Outcome,
  Place,
  Plan,
  Role,
  TierName,
  Usage,
  WorkspaceChoice,
} from './task.ts'

export type TaskStatus = 'running' | 'verified' | 'unverified' | 'abstained' | 'cancelled' | 'failed'

/** What is known of the change at one place: a seat, a revision, or the union of all sub-tasks. */
export type CandidateState = {
  readonly place: Place
  readonly state: 'typing' | 'applied' | 'checking' | 'verified' | 'rejected' | 'failed' | 'cancelled'
  readonly reason: string | null
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
  readonly verified: number
  readonly support: number
  readonly winner: number | null
  readonly decision: Decision | null
}

export type CastBallot = { readonly subtask: string; readonly runOff: boolean } & Ballot
export type CastVerdict = {
  readonly loop: number
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
}

export type OpenCall = {
  readonly call: string
  readonly role: Role
  readonly place: Place
  readonly model: string
  readonly startedAt: number
  readonly characters: number
}

export type CallCount = {
  readonly started: number
  readonly ok: number
  readonly failed: number
  readonly cancelled: number
}

/** Everything known about a task now. Times are milliseconds since the epoch. */
export type TaskState = {
  readonly id: string
  readonly status: TaskStatus
  /** Why it ended without a verified change; null while it runs and when it was verified. */
  readonly reason: string | null
  readonly request: string
  readonly filesOwned: readonly string[]
  readonly choice: WorkspaceChoice['kind'] | null
  readonly workspace: Omit<Extract<SwarmEvent, { type: 'workspace_ready' }>, 'type'> | null
  /** 0 before the first attempt. */
  readonly attempt: number
  readonly tier: TierName | null
  readonly attempts: readonly AttemptState[]
  readonly escalations: readonly { from: TierName; to: TierName; reason: string }[]
  readonly openCalls: readonly OpenCall[]
  readonly calls: Readonly<Partial<Record<Role, CallCount>>>
  readonly models: readonly string[]
  readonly usage: { readonly total: Usage; readonly byRole: Readonly<Partial<Record<Role, Usage>>> }
  readonly startedAt: number
  readonly updatedAt: number
  readonly endedAt: number | null
  readonly outcome: Outcome | null
}

/** An event as it stands in a story, or as it was just told. */
export type Told = SwarmEvent | Pick<Entry, 'event' | 'at'>

const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, estimated: false }
const NO_CALLS: CallCount = { started: 0, ok: 0, failed: 0, cancelled: 0 }

/** What is known before anything was told. */
export const initial = (id: string): TaskState => ({
  id,
  status: 'running',
  reason: null,
  request: '',
  filesOwned: [],
  choice: null,
  workspace: null,
  attempt: 0,
  tier: null,
  attempts: [],
  escalations: [],
  openCalls: [],
  calls: {},
  models: [],
  usage: { total: NO_USAGE, byRole: {} },
  startedAt: 0,
  updatedAt: 0,
  endedAt: null,
  outcome: null,
})

/** The event in what was told. */
export const eventOf = (told: Told): SwarmEvent => ('event' in told ? told.event : told)

/** What is known after one more event. */
export function reduce(state: TaskState, told: Told): TaskState {
  const at = 'event' in told ? told.at : state.updatedAt
  return learn({ ...state, updatedAt: at }, eventOf(told), at)
}

function learn(state: TaskState, event: SwarmEvent, at: number): TaskState {
  switch (event.type) {
    case 'task_created': {
      const { request, filesOwned, workspace } = event
      return { ...state, request, filesOwned, choice: workspace.kind, startedAt: at }
    }
    case 'workspace_ready': {
      const { type: _, ...workspace } = event
      return { ...state, workspace }
    }
    case 'attempt_start':
      return startAttempt(state, event.attempt, event.tier, at)
    case 'escalation':
      return {
        ...state,
        escalations: [...state.escalations, { from: event.from, to: event.to, reason: event.reason }],
      }
    case 'model_call_start':
    case 'model_call_delta':
    case 'model_call_complete':
      return learnCall(state, event, at)
    case 'task_complete':
      return end(state, statusOf(event.outcome), reasonOf(event.outcome), event.outcome, at)
    case 'task_abort': {
      const status = { cancelled: 'cancelled', fault: 'failed', 'gave-up': 'abstained' } as const
      return end(state, status[event.cause], event.reason, event.outcome, at)
    }
    default:
      return inAttempt(state, (attempt) => learnInAttempt(attempt, event, at))
  }
}

function startAttempt(state: TaskState, attempt: number, tier: TierName, at: number): TaskState {
  const begun: AttemptState = {
    attempt,
    tier,
    startedAt: at,
    plan: null,
    contests: [],
    candidates: [],
    ballots: [],
    verdicts: [],
  }
  return { ...state, attempt, tier, attempts: [...state.attempts, begun] }
}

function end(
  state: TaskState,
  status: TaskStatus,
  reason: string | null,
  outcome: Outcome | null,
  at: number,
): TaskState {
  return { ...state, status, reason, outcome, endedAt: at, openCalls: [] }
}

const statusOf = (outcome: Outcome): TaskStatus => outcome.kind
const reasonOf = (outcome: Outcome): string | null => (outcome.kind === 'verified' ? null : outcome.reason)

type CallEvent = Extract<
  SwarmEvent,
  { type: 'model_call_start' | 'model_call_delta' | 'model_call_complete' }
>

function learnCall(state: TaskState, event: CallEvent, at: number): TaskState {
  const counted = state.calls[event.role] ?? NO_CALLS
  switch (event.type) {
    case 'model_call_start': {
      const { call, role, place, model } = event
      const open: OpenCall = { call, role, place, model, startedAt: at, characters: 0 }
      const next = {
        ...state,
        openCalls: [...state.openCalls, open],
        calls: { ...state.calls, [role]: { ...counted, started: counted.started + 1 } },
        models: [...new Set([...state.models, model])],
      }
      if (role !== 'coder') return next
      return inAttempt(next, (attempt) => sitDown(attempt, place, at))
    }
    case 'model_call_delta':
      return {
        ...state,
        openCalls: state.openCalls.map((open) =>
          open.call === event.call ? { ...open, characters: event.characters } : open,
        ),
      }
    case 'model_call_complete': {
      const { role, place, status, error, usage } = event
      const { total, byRole } = state.usage
      const next = {
        ...state,
        openCalls: state.openCalls.filter(({ call }) => call !== event.call),
        calls: { ...state.calls, [role]: { ...counted, [status]: counted[status] + 1 } },
        usage: {
          total: add(total, usage),
          byRole: { ...byRole, [role]: add(byRole[role] ?? NO_USAGE, usage) },
        },
      }
      if (role !== 'coder' || status === 'ok') return next
      return inAttempt(next, (attempt) =>
        mendCandidate(attempt, place, at, { state: status, reason: error, endedAt: at }),
      )
    }
    default:
      return unreachable(event)
  }
}

const add = (one: Usage, other: Usage): Usage => ({
  promptTokens: one.promptTokens + other.promptTokens,
  completionTokens: one.completionTokens + other.completionTokens,
  reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  estimated: one.estimated || other.estimated,
})

type AttemptEvent = Exclude<
  SwarmEvent,
  CallEvent | { type: 'task_created' | 'workspace_ready' | 'attempt_start' | 'escalation' } | FinalEvent
>
type FinalEvent = Extract<SwarmEvent, { type: 'task_complete' | 'task_abort' }>

function learnInAttempt(attempt: AttemptState, event: AttemptEvent, at: number): AttemptState {
  switch (event.type) {
    case 'plan_ready':
      return { ...attempt, plan: event.plan }
    case 'contest_start': {
      const { subtask, seats } = event
      const contest = { subtask, seats, verified: 0, support: 0, winner: null, decision: null }
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
      return mendCandidate(attempt, event.place, at, {
        state: 'rejected',
        reason: event.reason,
        endedAt: at,
      })
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
        endedAt: at,
      })
    case 'vote_start':
      return attempt
    case 'ballot_cast': {
      const { subtask, runOff, ballot } = event
      return { ...attempt, ballots: [...attempt.ballots, { subtask, runOff, ...ballot }] }
    }
    case 'review_complete': {
      const { loop, decision, objections } = event
      return { ...attempt, verdicts: [...attempt.verdicts, { loop, decision, objections }] }
    }
    default:
      return unreachable(event)
  }
}

/** The current attempt, changed. What is told before the first attempt belongs to none. */
function inAttempt(state: TaskState, change: (attempt: AttemptState) => AttemptState): TaskState {
  const current = state.attempts.at(-1)
  return current ? { ...state, attempts: [...state.attempts.slice(0, -1), change(current)] } : state
}

const isAt =
  (place: Place) =>
  (candidate: CandidateState): boolean =>
    candidate.place.subtask === place.subtask && candidate.place.seat === place.seat

const candidateAt = (attempt: AttemptState, place: Place): CandidateState | undefined =>
  attempt.candidates.find(isAt(place))

/** A coder starts afresh at its seat, whoever sat there before. */
function sitDown(attempt: AttemptState, place: Place, at: number): AttemptState {
  const others = attempt.candidates.filter((candidate) => !isAt(place)(candidate))
  return { ...attempt, candidates: [...others, emptySeat(place, at)] }
}

const emptySeat = (place: Place, at: number): CandidateState => ({
  place,
  state: 'typing',
  reason: null,
  files: [],
  diffSize: 0,
  tree: null,
  gates: [],
  startedAt: at,
  endedAt: null,
})

/** A place without a coder, such as the union of all sub-tasks, appears with its first event. */
function mendCandidate(
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
