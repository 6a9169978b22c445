import { z } from 'zod'
import { labelOf } from './label.ts'
import { attemptReceipt, AttemptReceipt } from './receipt-attempt.ts'
import { gateReceipt, GateReceipt } from './receipt-parts.ts'
import { MediaFacts } from './media.ts'
import type { TaskState } from './state.ts'
import { Budget, Effort, OnTop, Proof, Role, TierName, Usage, type GateResult, type Patch } from './task.ts'

const Spent = Usage.extend({ ms: z.number() })
const Calls = z.object({ started: z.number(), ok: z.number(), failed: z.number(), cancelled: z.number() })

/** The evidence that goes with an answer, as plain JSON. */
export const Receipt = z.object({
  version: z.literal(1),
  task: z.string(),
  request: z.string(),
  status: z.enum(['running', 'verified', 'unverified', 'abstained', 'cancelled', 'failed']),
  reason: z.string().nullable(),
  label: z.enum(['verified-strong', 'verified', 'unverified', 'abstained']).nullable(),
  /** How far the delivered change is proven beyond its gates; null where none is delivered. */
  proof: Proof.nullable(),
  effort: Effort.nullable(),
  budget: Budget.nullable(),
  /** Limits of the request that were reached. */
  /** Where earlier tasks changed how this one went, and why. */
  experience: z.array(z.string()),
  limits: z.array(z.object({ budget: z.enum(['tokens', 'seconds', 'attempts']), limit: z.number() })),
  workspace: z
    .object({
      name: z.string(),
      commit: z.string().nullable(),
      tree: z.string(),
      /** What held the gates that run model-written code. */
      cage: z.enum(['bubblewrap', 'seatbelt', 'none']),
      /** Checks that were not run because nothing would have held them. */
      leftOut: z.array(z.string()),
    })
    .nullable(),
  /** The delivered change that it goes on from, and the tree that was worked on; older receipts say nothing of it. */
  upon: OnTop.omit({ clashes: true }).nullable().default(null),
  /** What was put into words first, without anything of what is in it. */
  media: z.array(MediaFacts.extend({ model: z.string() })).default([]),
  /** The delivered change; for an abstention the closest attempt. */
  patch: z.object({ tree: z.string(), files: z.array(z.string()), lines: z.number() }).nullable(),
  gates: z.array(GateReceipt),
  attempts: z.array(AttemptReceipt),
  escalations: z.array(z.object({ from: TierName, to: TierName, reason: z.string() })),
  models: z.array(z.string()),
  calls: z.partialRecord(Role, Calls),
  tokens: z.object({ total: Spent, byRole: z.partialRecord(Role, Spent) }),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  ms: z.number(),
})
export type Receipt = z.infer<typeof Receipt>

/** What can be shown for a task: from which base, by which checks, ballots and models, at what price. */
export function receiptOf(state: TaskState): Receipt {
  const { workspace, outcome } = state
  const patch = patchOf(state)
  return {
    version: 1,
    task: state.id,
    request: state.request,
    status: state.status,
    reason: state.reason,
    label: outcome && labelOf(outcome),
    proof: outcome === null || outcome.kind === 'abstained' ? null : outcome.proof,
    effort: state.effort,
    budget: state.budget,
    experience: [...state.experience],
    limits: [...state.limits],
    workspace: workspace && {
      name: workspace.name,
      commit: workspace.commit,
      tree: workspace.base,
      cage: workspace.cage,
      leftOut: workspace.leftOut,
    },
    upon: state.onTop && { task: state.onTop.task, how: state.onTop.how, tree: state.onTop.tree },
    media: [...state.media],
    patch: patch && { tree: patch.tree, files: patch.files, lines: patch.lines },
    gates: gatesOf(state).map(gateReceipt),
    attempts: state.attempts.map(attemptReceipt),
    escalations: [...state.escalations],
    models: [...state.models],
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
