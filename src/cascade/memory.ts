import type { Round } from '../core/escalation.ts'
import { GateKind, type Candidate, type TierName } from '../core/task.ts'
import type { Built } from './build.ts'
import type { Review } from './review.ts'
import type { Setting } from './setting.ts'

/** One attempt as the cascade remembers it. */
export type Attempt = { readonly setting: Setting; readonly built: Built; readonly review: Review | null }

/** Longest memory a prompt carries, in characters. */
const MOST_CHARACTERS = 6_000
const MOST_PER_CANDIDATE = 1_000
/** A diff beyond this is no basis for a minimal repair, and would crowd out the files. */
const MOST_OF_DIFF = 12_000

/** The attempt in the words of the escalation policy. */
export function roundOf({ setting, built, review }: Attempt): Round {
  const { tier } = setting
  if (built.kind === 'built') {
    const { files, lines } = (review ?? built).patch
    return { tier, result: { kind: 'verified', files: files.length, lines, objected: review !== null } }
  }
  const gate = closest(built.candidates)?.gates.at(-1)
  if (!gate) return { tier, result: { kind: 'no-patch' } }
  const located = gate.diagnostics.filter(({ file }) => file !== null).length
  return {
    tier,
    result: { kind: 'gate-failed', gate: gate.kind, findings: gate.diagnostics.length, located },
  }
}

/**
 * What earlier attempts got wrong, newest first. The failing code itself is left out, because models repeat what they
 * read; only the reviewer tier, which is asked for a minimal repair, is shown the diff that came closest.
 */
export function remember(attempts: readonly Attempt[], tier: TierName): string {
  const lessons = attempts.map(
    (attempt, index) => `Attempt ${index + 1} (${attempt.setting.tier}): ${lessonOf(attempt)}`,
  )
  const text = lessons.toReversed().join('\n\n').slice(0, MOST_CHARACTERS)
  const best = tier === 'reviewer' ? closestOf(attempts) : null
  if (!best || best.patch.diff.length > MOST_OF_DIFF) return text
  return `${text}\n\nThe attempt that came closest, as a diff against the files above. Make the smallest repair of it, written as a patch against the files above:\n${best.patch.diff}`
}

function lessonOf({ built, review }: Attempt): string {
  if (review) return `passed every gate, but the reviewer objected: ${review.objection}`
  if (built.kind === 'built')
    return `passed every gate with ${built.patch.lines} changed lines, too large for its tier`
  const reasons = new Set(
    built.candidates.filter(isLesson).map(({ reason }) => reason.slice(0, MOST_PER_CANDIDATE)),
  )
  if (reasons.size === 0) return 'no coder gave a usable patch'
  return [...reasons].map((reason) => `\n- ${reason}`).join('')
}

type Unverified = Exclude<Candidate, { state: 'verified' }>
type Rejected = Extract<Candidate, { state: 'rejected' }>

const isLesson = (candidate: Candidate): candidate is Unverified => candidate.state !== 'verified'

/** The rejected candidate that came closest over all attempts; null when nobody made a patch. */
export const closestOf = (attempts: readonly Attempt[]): Rejected | null =>
  closest(attempts.toReversed().flatMap(({ built }) => (built.kind === 'failed' ? built.candidates : [])))

/** Furthest through the gates first, then fewest findings. */
function closest(candidates: readonly Candidate[]): Rejected | null {
  const rejected = candidates.filter((candidate) => candidate.state === 'rejected')
  return (
    rejected.sort((left, right) => progress(right) - progress(left) || findings(left) - findings(right))[0] ??
    null
  )
}

const progress = ({ gates }: Rejected): number => {
  const last = gates.at(-1)
  return last ? GateKind.options.indexOf(last.kind) : -1
}
const findings = ({ gates }: Rejected): number => gates.at(-1)?.diagnostics.length ?? 0
