import type { AttemptState, CallCount, CandidateState, ContestState, TaskState, TaskStatus } from './state.ts'
import type { GateResult, Patch, Role, TierName, Usage } from './task.ts'

export type GateReceipt = {
  gate: string
  command: readonly string[]
  status: string
  exitCode: number | null
  ms: number
  tests: GateResult['tests']
  knownFailures: number
  flaky: readonly string[]
}

/** The evidence that goes with an answer, as plain JSON. */
export type Receipt = {
  task: string
  status: TaskStatus
  reason: string | null
  workspace: {
    name: string
    commit: string | null
    tree: string
    /** What held the gates that run model-written code. */
    cage: string
    /** Checks that were not run because nothing would have held them. */
    leftOut: readonly string[]
  } | null
  /** The delivered change; for an abstention the closest attempt. */
  patch: { tree: string; files: readonly string[]; lines: number } | null
  gates: GateReceipt[]
  attempts: AttemptReceipt[]
  escalations: readonly { from: TierName; to: TierName; reason: string }[]
  models: readonly string[]
  calls: Readonly<Partial<Record<Role, CallCount>>>
  tokens: { total: Usage; byRole: Readonly<Partial<Record<Role, Usage>>> }
  startedAt: number
  endedAt: number | null
  ms: number
}

export type AttemptReceipt = {
  attempt: number
  tier: TierName
  subtasks: number
  contests: readonly ContestState[]
  candidates: {
    subtask: string
    seat: number
    state: CandidateState['state']
    reason: string | null
    gates: GateReceipt[]
  }[]
  ballots: { subtask: string; voter: number; choice: number | null; runOff: boolean }[]
  verdicts: { loop: number; decision: string; objections: number }[]
}

/** What can be shown for a task: from which base, by which checks, ballots and models, at what price. */
export function receiptOf(state: TaskState): Receipt {
  const { workspace } = state
  const patch = patchOf(state)
  return {
    task: state.id,
    status: state.status,
    reason: state.reason,
    workspace: workspace && {
      name: workspace.name,
      commit: workspace.commit,
      tree: workspace.base,
      cage: workspace.cage,
      leftOut: workspace.leftOut,
    },
    patch: patch && { tree: patch.tree, files: patch.files, lines: patch.lines },
    gates: gatesOf(state).map(gateReceipt),
    attempts: state.attempts.map(attemptReceipt),
    escalations: state.escalations,
    models: state.models,
    calls: state.calls,
    tokens: state.usage,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    ms: (state.endedAt ?? state.updatedAt) - state.startedAt,
  }
}

/** The change a task hands over; for an abstention its closest attempt. */
export function patchOf({ outcome }: TaskState): Patch | null {
  if (outcome === null) return null
  return outcome.kind === 'abstained' ? (outcome.best?.patch ?? null) : outcome.patch
}

/** The gates that were run on the change a task hands over. */
export function gatesOf({ outcome }: TaskState): readonly GateResult[] {
  if (outcome === null) return []
  return outcome.kind === 'abstained' ? (outcome.best?.gates ?? []) : outcome.gates
}

const gateReceipt = (result: GateResult): GateReceipt => ({
  gate: result.gate,
  command: result.command,
  status: result.status,
  exitCode: result.exitCode,
  ms: result.ms,
  tests: result.tests,
  knownFailures: result.knownFailures,
  flaky: result.flaky,
})

const attemptReceipt = (attempt: AttemptState): AttemptReceipt => ({
  attempt: attempt.attempt,
  tier: attempt.tier,
  subtasks: attempt.plan?.subtasks.length ?? 0,
  contests: attempt.contests,
  candidates: attempt.candidates.map(({ place, state, reason, gates }) => ({
    subtask: place.subtask,
    seat: place.seat,
    state,
    reason,
    gates: gates.map(gateReceipt),
  })),
  ballots: attempt.ballots.map(({ subtask, voter, choice, runOff }) => ({ subtask, voter, choice, runOff })),
  verdicts: attempt.verdicts.map((verdict) => ({ ...verdict, objections: verdict.objections.length })),
})
