import { z } from 'zod'
import { completePairs, settlePair } from './ballots/pairs.ts'
import { sequentialTest } from './ballots/sequential-test.ts'
import type { Ballot } from './task.ts'

/** What is known of a model as a voter, from every ballot it has cast under one prompt. */
export const VoterRecord = z.object({
  /** Valid ballots on pairs whose right side was known, and those that named it. */
  labelled: z.number().int(),
  right: z.number().int(),
  /** Valid ballots, and those that named the option shown first. */
  valid: z.number().int(),
  first: z.number().int(),
  invalid: z.number().int(),
  /** Pairs validly answered in both orders, and those that were answered the same both times. */
  pairs: z.number().int(),
  consistent: z.number().int(),
})
export type VoterRecord = z.infer<typeof VoterRecord>

export const NO_VOTER_RECORD: VoterRecord = {
  labelled: 0,
  right: 0,
  valid: 0,
  first: 0,
  invalid: 0,
  pairs: 0,
  consistent: 0,
}

/** Known pairs an examination may take, in ballots: a few less than there are, because calls may fail. */
export const EXAM_BALLOTS = 120

export type Standing = {
  readonly admitted: boolean
  /** For the person who wonders why there was a vote, or none. */
  readonly reason: string
  /** Nothing is decided yet, and asking about known pairs can decide it. */
  readonly needsExam: boolean
}

/** May this voter vote? Only once it has shown that it is better than chance, and as long as nothing speaks against it. */
export function standingOf(record: VoterRecord): Standing {
  const fault = faultOf(record)
  if (fault !== null) return { admitted: false, reason: fault, needsExam: false }
  const { labelled, right, invalid } = record
  const known = `${right} of ${labelled} known pairs right`
  const result = sequentialTest(right, labelled)
  if (result === 'admitted')
    return { admitted: true, reason: `better than chance, ${known}`, needsExam: false }
  if (result === 'rejected')
    return { admitted: false, reason: `hardly better than chance, ${known}`, needsExam: false }
  if (labelled + invalid < EXAM_BALLOTS)
    return { admitted: false, reason: `not examined yet, ${known}`, needsExam: true }
  return { admitted: false, reason: `not shown to be better than chance, ${known}`, needsExam: false }
}

/** What speaks against a voter, whatever else it has shown; null where nothing does. */
function faultOf({ labelled, right, valid, first, invalid, pairs, consistent }: VoterRecord): string | null {
  const cast = valid + invalid
  if (cast >= 20 && invalid / cast > 0.1) return `${invalid} of ${cast} replies were no valid ballot`
  if (valid >= 40 && first / valid > 0.75)
    return `it prefers what is shown first, on ${first} of ${valid} ballots`
  if (pairs >= 20 && consistent / pairs < 0.5)
    return `it contradicts itself when the order is swapped, on ${pairs - consistent} of ${pairs} pairs`
  // below this the largest group of agreeing candidates is the better judge
  if (labelled >= 40 && right / labelled < 0.6)
    return `too often wrong, ${right} of ${labelled} known pairs right`
  return null
}

/** The record with these ballots added. They are those of one vote, in which the numbers of pairs mean something. */
export function learnBallots(record: VoterRecord, ballots: readonly Ballot[]): VoterRecord {
  const valid = ballots.filter(({ choice }) => choice !== null)
  const labelled = valid.filter(({ truth }) => truth !== null)
  const pairs = completePairs(valid)
  return {
    labelled: record.labelled + labelled.length,
    right: record.right + labelled.filter(({ choice, truth }) => choice === truth).length,
    valid: record.valid + valid.length,
    first: record.first + valid.filter(({ position }) => position === 0).length,
    invalid: record.invalid + ballots.length - valid.length,
    pairs: record.pairs + pairs.length,
    consistent: record.consistent + pairs.filter((pair) => settlePair(pair) !== null).length,
  }
}
