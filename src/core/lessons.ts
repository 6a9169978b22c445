import { closest, LONGEST_FINDING, textOf, type Rejected } from './failures.ts'
import { onOneLine } from './one-line.ts'
import type { Candidate, TierName } from './task.ts'

/** One attempt that was not delivered, as far as later ones can learn from it. */
export type Tried = {
  readonly tier: TierName
  readonly candidates: readonly Candidate[]
  /** A change that passed the gates and still was not delivered, and why. */
  readonly passed: {
    readonly files: readonly string[]
    readonly lines: number
    readonly why: string
  } | null
}

const MOST_CHARACTERS = 2_500
const MOST_FINDINGS = 5
const LONGEST_REASON = 600
const MOST_FILES = 6

/**
 * What earlier attempts got wrong, newest first: what was tried, what stopped it, and nothing of the code itself, because
 * models repeat what they read. The oldest are left out where there is no room for all.
 */
export function lessonsOf(attempts: readonly Tried[]): string {
  const lessons = attempts.map((attempt, index) => lessonOf(attempt, index + 1)).toReversed()
  let room = MOST_CHARACTERS
  const told = lessons.flat().filter((line) => {
    room -= line.length + 1
    return room >= 0
  })
  return told.join('\n')
}

function lessonOf({ tier, candidates, passed }: Tried, number: number): string[] {
  const heading = `Attempt ${number} (${tier}):`
  if (passed) {
    const why = onOneLine(passed.why, LONGEST_REASON)
    return [`${heading} ${sizeOf(passed)} passed every check, but ${why}`]
  }
  const failed = candidates.filter(isRejected).filter(({ gates }) => gates.length > 0)
  const refused = refusalsIn(candidates)
  const best = closest(failed)
  // our own words, about what the coders cannot see: that parts do not fit together
  const union = candidates.find(({ state, place }) => state === 'failed' && place.subtask === 'union')
  if (!best && union?.state === 'failed') return [`${heading} ${union.reason}`]
  if (!best) return [`${heading} no coder gave a usable patch`, ...refused]
  return [
    `${heading} ${sizeOf(best.patch)}; stopped by ${onOneLine(stopperOf(best), LONGEST_FINDING)}${together(best)}`,
    ...findingsIn(failed),
    ...refused,
  ]
}

const isRejected = (candidate: Candidate): candidate is Rejected => candidate.state === 'rejected'

function sizeOf({ files, lines }: { readonly files: readonly string[]; readonly lines: number }): string {
  const named = files.slice(0, MOST_FILES).map((file) => onOneLine(file, LONGEST_FINDING))
  const more = files.length > MOST_FILES ? ` and ${files.length - MOST_FILES} more` : ''
  return `a change of ${lines} lines in ${named.join(', ')}${more}`
}

const stopperOf = ({ gates, code }: Rejected): string => {
  const last = gates.at(-1)
  return last?.status === 'failed' ? last.gate : code
}

/** Parts that pass alone teach something else than parts that do not. */
const together = ({ place }: Rejected): string =>
  place.subtask === 'union' ? ', though each part had passed alone' : ''

/** What the gates said, most common first, each finding once. */
function findingsIn(failed: readonly Rejected[]): string[] {
  const counts = new Map<string, number>()
  for (const candidate of failed) {
    const texts = new Set(saidOf(candidate))
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .slice(0, MOST_FINDINGS)
    .map(
      ([text, count]) => `- ${text}${failed.length > 1 ? ` (${count} of ${failed.length} candidates)` : ''}`,
    )
}

function saidOf({ gates, reason }: Rejected): string[] {
  const last = gates.at(-1)!
  if (last.status === 'passed') return [onOneLine(reason, LONGEST_FINDING)]
  if (last.timedOut) return [`${last.gate} gave no result within ${Math.round(last.ms / 1000)} s`]
  if (last.diagnostics.length === 0) return [`${last.gate} failed without a readable finding`]
  return last.diagnostics.map((diagnostic) => textOf(diagnostic))
}

/** Broken calls teach nothing about the change. */
const FAULTS = new Set<string>([
  'upstream',
  'timeout',
  'overloaded',
  'unauthorized',
  'forbidden',
  'not-found',
  'cancelled',
  'internal',
  'crash',
])

/** What never got to the gates, by code. */
function refusalsIn(candidates: readonly Candidate[]): string[] {
  const codes = candidates.flatMap((candidate) => {
    if (candidate.state === 'failed') return FAULTS.has(candidate.code) ? [] : [candidate.code]
    return isRejected(candidate) && candidate.gates.length === 0 ? [candidate.code] : []
  })
  if (codes.length === 0) return []
  const counted = [...Map.groupBy(codes, (code) => code)].map(([code, { length }]) => `${length} × ${code}`)
  return [`Refused before any check: ${counted.join(', ')}`]
}
