import type { Round } from '../core/escalation.ts'
import { closest, signatureOf, type Rejected } from '../core/failures.ts'
import { lessonsOf, type Tried } from '../core/lessons.ts'
import type { Candidate, Patch, TierName } from '../core/task.ts'
import type { Built } from './build.ts'
import { REPEATED } from './contest/code.ts'
import type { Review } from './reviewing/review.ts'
import type { Setting } from './setting.ts'

/** One attempt as the cascade remembers it. */
export type Attempt = { readonly setting: Setting; readonly built: Built; readonly review: Review | null }

/** A diff beyond this is no basis for a minimal repair, and would crowd out the files. */
const MOST_OF_DIFF = 12_000

/** The attempt in the words of the escalation policy. */
export function roundOf({ setting: { tier }, built, review }: Attempt): Round {
  const unstopped = { tier, signature: null, repeated: false }
  switch (built.kind) {
    case 'built': {
      const size = sizeOf((review ?? built).patch)
      return { ...unstopped, result: { kind: 'verified', ...size, objected: review !== null } }
    }
    case 'held':
      return {
        ...unstopped,
        result: { kind: 'held', why: built.doubt },
      }
    case 'failed':
      return stopped(tier, built.candidates)
    default:
      return built satisfies never
  }
}

const sizeOf = ({ files, lines }: Patch) => ({ files: files.length, lines })

function stopped(tier: TierName, candidates: readonly Candidate[]): Round {
  const judged = candidates
    .filter((candidate) => candidate.state === 'rejected')
    .filter(({ gates }) => gates.length > 0)
  const gate = closest(judged)?.gates.at(-1)
  if (!gate) return { tier, signature: null, repeated: false, result: { kind: 'no-patch' } }
  const findings = gate.diagnostics.length
  const located = gate.diagnostics.filter(({ file }) => file !== null).length
  return {
    tier,
    signature: signatureOf(gate),
    repeated: judged.every(({ code }) => code === REPEATED),
    result: { kind: 'gate-failed', gate: gate.kind, findings, located },
  }
}

/**
 * What earlier attempts got wrong. The failing code itself is left out; only the reviewer tier, which is asked for a
 * minimal repair, is shown the diff that came closest.
 */
export function remember(attempts: readonly Attempt[], tier: TierName): string {
  const lessons = lessonsOf(attempts.map(triedIn))
  const best = tier === 'reviewer' ? closestOf(attempts) : null
  // what no gate has seen may be an attempt to cheat, and no basis for anything
  if (!best || best.gates.length === 0 || best.patch.diff.length > MOST_OF_DIFF) return lessons
  return `${lessons}\n\nThe attempt that came closest, as a diff against the files above. Make the smallest repair of it, written as a patch against the files above:\n${best.patch.diff}`
}

function triedIn({ setting: { tier }, built, review }: Attempt): Tried {
  switch (built.kind) {
    case 'built': {
      const why = review ? `the reviewer objected: ${review.objection}` : 'it is too large for its tier'
      return { tier, candidates: [], passed: { ...(review ?? built).patch, why } }
    }
    case 'held':
      return { tier, candidates: [], passed: { ...built.survivors[0]!.patch, why: WHY_HELD[built.doubt] } }
    case 'failed':
      return { tier, candidates: built.candidates, passed: null }
    default:
      return built satisfies never
  }
}

const WHY_HELD = {
  split: 'others that pass differ from it, and nothing told which is right',
  alone: 'the checks are too weak to believe it alone',
} as const

/** The rejected candidate that came closest over all attempts; null when nobody made a patch. */
export function closestOf(attempts: readonly Attempt[]): Rejected | null {
  const all = attempts.toReversed().flatMap(({ built }) => (built.kind === 'failed' ? built.candidates : []))
  // who first wrote it can say what was wrong with it
  return closest(all.filter((candidate) => !('code' in candidate && candidate.code === REPEATED)))
}
