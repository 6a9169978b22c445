import { NO_REVIEWER_RECORD, type ReviewerRecord } from './reviewer-record.ts'
import type { TierName } from './task.ts'
import { NO_VOTER_RECORD, type VoterRecord } from './voter-record.ts'

/** What a request is about, as far as it changes how well models do it. */
export type TaskKind = 'fix' | 'feature' | 'refactor' | 'test' | 'docs'

/** Candidates that were asked for, and those of them that the gates passed. */
export type Rate = { readonly asked: number; readonly verified: number }

/** What earlier tasks have taught about the models behind the tiers, as it is when a task asks. */
export type Experience = {
  rate(tier: TierName, kind: TaskKind): Rate
  voter(tier: TierName): VoterRecord
  reviewer(tier: TierName): ReviewerRecord
}

/** Where nothing was ever tried. */
export const NO_EXPERIENCE: Experience = {
  rate: () => ({ asked: 0, verified: 0 }),
  voter: () => NO_VOTER_RECORD,
  reviewer: () => NO_REVIEWER_RECORD,
}

/** Fewer candidates than this teach nothing. */
const ENOUGH = 20
/** Below this share of verified candidates a tier is not the place to start. */
const HOPEFUL = 0.2
/** Below this share a tier on the way up is passed by. */
const HOPELESS = 0.05
/** How sure a contest should be to bring at least one verified candidate. */
const SURE = 0.98
const FEWEST_SEATS = 2

/** What was chosen, and why it differs from what is usual; null where it does not. */
export type Choice<Value> = { readonly value: Value; readonly reason: string | null }

/** Where to start: one tier higher than usual where the usual start has hardly ever worked for this kind of task. */
export function startsAt(
  tiers: readonly TierName[],
  usual: TierName,
  kind: TaskKind,
  rate: Rate,
): Choice<TierName> {
  const next = tiers[tiers.indexOf(usual) + 1]
  if (next === undefined || !isKnown(rate) || shareOf(rate) >= HOPEFUL) return { value: usual, reason: null }
  return { value: next, reason: `${told(rate, kind)} at tier ${usual}, so it starts at ${next}` }
}

/** How many coders sit down: fewer where nearly every candidate is verified, because one of them is sure to be. */
export function seatsFor(configured: number, kind: TaskKind, rate: Rate): Choice<number> {
  const usual = { value: configured, reason: null }
  if (!isKnown(rate)) return usual
  const failed = 1 - shareOf(rate)
  let value = FEWEST_SEATS
  while (value < configured && 1 - failed ** value < SURE) value += 1
  return value < configured ? { value, reason: `${told(rate, kind)}, so ${value} coders are enough` } : usual
}

/** Is this tier passed by on the way up? Only where a higher one is left. */
export function skips(
  tiers: readonly TierName[],
  tier: TierName,
  kind: TaskKind,
  rate: Rate,
): Choice<boolean> {
  const isLast = tiers.indexOf(tier) === tiers.length - 1
  if (isLast || !isKnown(rate) || shareOf(rate) >= HOPELESS) return { value: false, reason: null }
  return { value: true, reason: `${told(rate, kind)} at tier ${tier}, so it is passed by` }
}

const isKnown = ({ asked }: Rate): boolean => asked >= ENOUGH
const shareOf = ({ asked, verified }: Rate): number => verified / asked
const told = ({ asked, verified }: Rate, kind: TaskKind): string =>
  `${verified} of the last ${asked} candidates for a ${kind} task were verified`
