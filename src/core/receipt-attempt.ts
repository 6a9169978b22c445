import { z } from 'zod'
import { ShownFile } from './budget-context.ts'
import { candidateReceipt, CandidateReceipt } from './receipt-parts.ts'
import type { AttemptState } from './attempt-state.ts'
import { Ballot, Decision, Objection, Role, SpecTest, TierName, Verdict } from './task.ts'

/** Files named of one context: what a small project shows whole need not fill the receipt. */
const MOST_FILES = 100

/** What is kept of an attempt. */
export const AttemptReceipt = z.object({
  attempt: z.number(),
  tier: TierName,
  subtasks: z.number(),
  contests: z.array(
    z.object({
      subtask: z.string(),
      seats: z.number(),
      /** Changes of earlier attempts that were compared with; their seats are counted on from its own. */
      held: z.number(),
      verified: z.number(),
      support: z.number(),
      winner: z.number().nullable(),
      decision: Decision.nullable(),
      clusters: z.array(z.array(z.number())),
    }),
  ),
  candidates: z.array(CandidateReceipt),
  refusals: z.array(
    z.object({
      subtask: z.string(),
      seat: z.number(),
      model: z.string().nullable(),
      code: z.string(),
      reason: z.string(),
      resampled: z.boolean(),
    }),
  ),
  specTests: z.array(
    z.object({
      subtask: z.string(),
      status: z.enum(['holds', 'probe', 'dropped']),
      test: SpecTest.nullable(),
      reason: z.string().nullable(),
    }),
  ),
  voters: z.array(z.object({ tier: TierName, model: z.string(), admitted: z.boolean(), reason: z.string() })),
  ballots: z.array(Ballot.extend({ subtask: z.string(), runOff: z.boolean(), model: z.string().nullable() })),
  verdicts: z.array(
    z.object({
      loop: z.number(),
      model: z.string().nullable(),
      decision: z.enum(['approve', 'reject', 'unsure', 'unreadable']),
      requirements: Verdict.shape.requirements,
      objections: z.array(Objection),
    }),
  ),
  /** What came of the objections that could be run. */
  checked: z.array(
    z.object({ loop: z.number(), claim: z.string(), counts: z.boolean(), reason: z.string() }),
  ),
  /** What each of those who were asked was shown, about so many tokens; older receipts say nothing of it. */
  contexts: z
    .array(
      z.object({
        role: Role,
        subtask: z.string(),
        seat: z.number(),
        tokens: z.number(),
        files: z.array(ShownFile),
      }),
    )
    .default([]),
})

type AttemptReceipt = z.infer<typeof AttemptReceipt>

/** What is kept of an attempt: who sat where, what was refused, what was voted and what was objected. */
export function attemptReceipt(attempt: AttemptState): AttemptReceipt {
  const { tier, plan, contests, candidates, refusals, specTests, examined, ballots, verdicts, checked } =
    attempt
  return {
    attempt: attempt.attempt,
    tier,
    subtasks: plan?.subtasks.length ?? 0,
    contests: contests.map(({ subtask, seats, held, verified, support, winner, decision, clusters }) => ({
      subtask,
      seats,
      held,
      verified,
      support,
      winner,
      decision,
      clusters: clusters.map((seats) => [...seats]),
    })),
    candidates: candidates.map(candidateReceipt),
    refusals: refusals.map(({ place: { subtask, seat }, model, code, reason, resampled }) => ({
      subtask,
      seat,
      model,
      code,
      reason,
      resampled,
    })),
    specTests: specTests.map(({ subtask, status, test, reason }) => ({ subtask, status, test, reason })),
    voters: examined.map(({ tier, model, admitted, reason }) => ({ tier, model, admitted, reason })),
    ballots: [...ballots],
    verdicts: verdicts.map((verdict) => ({ ...verdict, objections: [...verdict.objections] })),
    checked: [...checked],
    contexts: attempt.contexts.map(({ role, place, tokens, files }) => ({
      role,
      ...place,
      tokens,
      files: files.slice(0, MOST_FILES),
    })),
  }
}
