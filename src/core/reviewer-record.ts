import { z } from 'zod'

/** What is known of a model as a reviewer, from what its objections came to when they were run. */
export const ReviewerRecord = z.object({
  reviews: z.number().int(),
  rejections: z.number().int(),
  /** Objections that were run, and those that turned out to be right. */
  checked: z.number().int(),
  counted: z.number().int(),
})
export type ReviewerRecord = z.infer<typeof ReviewerRecord>

export const NO_REVIEWER_RECORD: ReviewerRecord = { reviews: 0, rejections: 0, checked: 0, counted: 0 }

/** `shown`: only what a run shows counts. `trusted`: its word alone is worth one revision. `advisory`: nothing counts. */
export type ReviewerMode = 'shown' | 'trusted' | 'advisory'

/** Fewer checked objections than these tell nothing of their author. */
const ENOUGH = 40
const TRUSTED = 0.8
const ADVISORY = 0.15

/** How far a reviewer is heard, from how often its objections were right. */
export function modeOf({ checked, counted }: ReviewerRecord): ReviewerMode {
  if (checked < ENOUGH) return 'shown'
  const share = counted / checked
  if (share < ADVISORY) return 'advisory'
  return share >= TRUSTED ? 'trusted' : 'shown'
}

/** The record after one more review. */
export function learnReview(
  record: ReviewerRecord,
  {
    decision,
    checks,
  }: { readonly decision: string; readonly checks: readonly { readonly counts: boolean }[] },
): ReviewerRecord {
  return {
    reviews: record.reviews + 1,
    rejections: record.rejections + (decision === 'reject' ? 1 : 0),
    checked: record.checked + checks.length,
    counted: record.counted + checks.filter(({ counts }) => counts).length,
  }
}
