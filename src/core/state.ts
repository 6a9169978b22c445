import { learnInAttempt, mendCandidate, sitDown, type AttemptState, type FactsOf } from './attempt-state.ts'
import { unreachable } from './errors.ts'
import type { Entry, SwarmEvent } from './event.ts'
import type { MediaFacts } from './media.ts'
import type { Budget, Effort, OnTop, Outcome, Place, Role, TierName, Usage, WorkspaceChoice } from './task.ts'

export type TaskStatus = 'running' | 'verified' | 'unverified' | 'abstained' | 'cancelled' | 'failed'

export type OpenCall = {
  readonly call: string
  readonly role: Role
  readonly place: Place
  readonly model: string
  readonly startedAt: number
  readonly characters: number
}

/** Tokens and time of calls; calls run side by side, so their times add up to more than a clock shows. */
export type Spent = Usage & { readonly ms: number }

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
  readonly effort: Effort | null
  readonly budget: Budget | null
  /** Limits of the request that were reached. */
  readonly limits: readonly FactsOf<'budget_spent'>[]
  /** Where earlier tasks changed how this one went, and why. */
  readonly experience: readonly string[]
  /** Private files that a model in the cloud was not shown, and whom that concerned. */
  readonly withheld: readonly {
    readonly role: Role
    readonly files: readonly string[]
    readonly refused: boolean
  }[]
  readonly choice: WorkspaceChoice['kind'] | null
  readonly workspace: Omit<Extract<SwarmEvent, { type: 'workspace_ready' }>, 'type'> | null
  /** The delivered change that it goes on from; null where it stands for itself. */
  readonly onTop: OnTop | null
  /** What was put into words first. */
  readonly media: readonly (MediaFacts & { readonly model: string })[]
  /** 0 before the first attempt. */
  readonly attempt: number
  readonly tier: TierName | null
  readonly attempts: readonly AttemptState[]
  readonly escalations: readonly { from: TierName; to: TierName; reason: string }[]
  readonly openCalls: readonly OpenCall[]
  readonly calls: Readonly<Partial<Record<Role, CallCount>>>
  readonly models: readonly string[]
  readonly usage: { readonly total: Spent; readonly byRole: Readonly<Partial<Record<Role, Spent>>> }
  readonly startedAt: number
  readonly updatedAt: number
  readonly endedAt: number | null
  readonly outcome: Outcome | null
}

/** An event as it stands in a story, or as it was just told. */
export type Told = SwarmEvent | Pick<Entry, 'event' | 'at'>

const NOTHING_SPENT: Spent = {
  promptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  cachedTokens: 0,
  estimated: false,
  ms: 0,
}
const NO_CALLS: CallCount = { started: 0, ok: 0, failed: 0, cancelled: 0 }

/** What is known before anything was told. */
export const initial = (id: string): TaskState => ({
  id,
  status: 'running',
  reason: null,
  request: '',
  filesOwned: [],
  effort: null,
  budget: null,
  limits: [],
  experience: [],
  withheld: [],
  choice: null,
  workspace: null,
  onTop: null,
  media: [],
  attempt: 0,
  tier: null,
  attempts: [],
  escalations: [],
  openCalls: [],
  calls: {},
  models: [],
  usage: { total: NOTHING_SPENT, byRole: {} },
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
      const { request, filesOwned, effort, budget, workspace } = event
      return { ...state, request, filesOwned, effort, budget, choice: workspace.kind, startedAt: at }
    }
    case 'workspace_ready': {
      const { type: _, ...workspace } = event
      return { ...state, workspace }
    }
    case 'private_withheld': {
      const { role, files, refused } = event
      return { ...state, withheld: [...state.withheld, { role, files, refused }] }
    }
    case 'policy_set':
    case 'map_ready':
    case 'planner_looked':
    case 'tools_withdrawn':
    case 'media_start':
    case 'prompt_trimmed':
    case 'prompt_cut':
    case 'stand_in':
      return state
    case 'prefix_warmed': {
      const { usage, latencyMs: ms } = event
      return { ...state, usage: { ...state.usage, total: add(state.usage.total, { ...usage, ms }) } }
    }
    case 'media_read':
      return learnMedia(state, event)
    case 'earlier_change': {
      const { type: _, ...onTop } = event
      return { ...state, onTop }
    }
    case 'attempt_start':
      return startAttempt(state, event.attempt, event.tier, at)
    case 'escalation':
      return {
        ...state,
        escalations: [...state.escalations, { from: event.from, to: event.to, reason: event.reason }],
      }
    case 'experience_used':
      return { ...state, experience: [...state.experience, event.reason] }
    case 'budget_spent': {
      const { budget, limit } = event
      return { ...state, limits: [...state.limits, { budget, limit }] }
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

/** It costs like any call, but is nobody's in the swarm. */
function learnMedia(state: TaskState, event: Extract<SwarmEvent, { type: 'media_read' }>): TaskState {
  const { type: _, characters: _characters, usage, latencyMs, ...media } = event
  return {
    ...state,
    media: [...state.media, media],
    models: [...new Set([...state.models, event.model])],
    usage: { ...state.usage, total: add(state.usage.total, { ...usage, ms: latencyMs }) },
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
    refusals: [],
    specTests: [],
    examined: [],
    checked: [],
    contexts: [],
    speakers: {},
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
      return inAttempt(next, (attempt) => {
        const heard = { ...attempt, speakers: { ...attempt.speakers, [role]: model } }
        return role === 'coder' ? sitDown(heard, place, model, at) : heard
      })
    }
    case 'model_call_delta':
      return {
        ...state,
        openCalls: state.openCalls.map((open) =>
          open.call === event.call ? { ...open, characters: event.characters } : open,
        ),
      }
    case 'model_call_complete': {
      const { role, place, status, error } = event
      const spent = { ...event.usage, ms: event.latencyMs }
      const { total, byRole } = state.usage
      const next = {
        ...state,
        openCalls: state.openCalls.filter(({ call }) => call !== event.call),
        calls: { ...state.calls, [role]: { ...counted, [status]: counted[status] + 1 } },
        usage: {
          total: add(total, spent),
          byRole: { ...byRole, [role]: add(byRole[role] ?? NOTHING_SPENT, spent) },
        },
      }
      if (role !== 'coder' || status === 'ok') return next
      return inAttempt(next, (attempt) =>
        mendCandidate(attempt, place, at, { state: status, reason: error, code: 'call', endedAt: at }),
      )
    }
    default:
      return unreachable(event)
  }
}

const add = (one: Spent, other: Spent): Spent => ({
  promptTokens: one.promptTokens + other.promptTokens,
  completionTokens: one.completionTokens + other.completionTokens,
  reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  cachedTokens: (one.cachedTokens ?? 0) + (other.cachedTokens ?? 0),
  estimated: one.estimated || other.estimated,
  ms: one.ms + other.ms,
})

/** The current attempt, changed. What is told before the first attempt belongs to none. */
function inAttempt(state: TaskState, change: (attempt: AttemptState) => AttemptState): TaskState {
  const current = state.attempts.at(-1)
  return current ? { ...state, attempts: [...state.attempts.slice(0, -1), change(current)] } : state
}
