import type { Proof } from '../../src/core/task.ts'

/** Of a change that one coder made, that passed, and that the reviewer let pass. */
export const PROOF: Proof = {
  agreement: { agreeing: 1, verified: 1, candidates: 1 },
  strength: null,
  specTest: null,
  review: { decision: 'approve', advice: [] },
}
