import { modeOf, type ReviewerMode } from '../../core/reviewer-record.ts'
import type { Check, GateResult, Objection, Patch, Proof, Verdict } from '../../core/task.ts'
import { claimsOf, sameObjections } from '../../core/verdict.ts'
import { checkObjections } from './check-objections.ts'
import { judgeChange, reviewerTier } from './judge-change.ts'
import type { Stage } from '../ports.ts'
import { revise } from './revise.ts'
import type { Setting } from '../setting.ts'

/** A change that passed the gates, on its way to the user. */
export type Reviewed = {
  readonly patch: Patch
  readonly gates: readonly GateResult[]
  /** Trees of other changes that passed the gates. */
  readonly others: readonly string[]
}

export type Review = Reviewed & {
  /** What a run has shown to be wrong and nobody mended; null when there is no such thing. */
  readonly objection: string | null
  readonly decision: Proof['review']['decision']
  /** What the reviewer says and nothing shows. */
  readonly advice: readonly string[]
  /** Tests that showed an objection to be right: from then on the change has to pass them too. */
  readonly checks: readonly Check[]
}

/**
 * While the reviewer objects with reason, one coder revises, and the gates and all tests that showed an objection run
 * again; at most as often as the effort allows, and no further when a loop brings nothing new. An objection counts when
 * a run shows it. What nothing shows is passed on as advice: it holds nothing back and starts nothing anew.
 */
export async function* review(change: Reviewed, setting: Setting, signal: AbortSignal): Stage<Review> {
  const { ports, strategy } = setting
  const mode = modeOf(ports.experience.reviewer(reviewerTier(ports.models)))
  const loops = Math.min(strategy.reviewLoops, ports.limits.reviewLoops)
  let current = change
  let checks: readonly Check[] = []
  let before: readonly Objection[] = []
  let wasTrusted = false
  const seen = new Set([setting.project.base, change.patch.tree])
  for (let loop = 1; ; loop += 1) {
    const verdict = yield* judgeChange(current, loop, setting, signal)
    const shown = yield* whatIsShown(verdict, current, loop, mode, setting, signal)
    checks = [...checks, ...shown.flatMap(({ check }) => check ?? [])]
    const advice = claimsOf(verdict?.objections.filter((objection) => !shown.includes(objection)) ?? [])
    const objection = shown.length > 0 ? claimsOf(shown).join('; ') : null
    const ended: Review = {
      ...current,
      objection,
      decision: verdict?.decision ?? 'unreadable',
      advice,
      checks,
    }

    const isTrusted: boolean =
      mode === 'trusted' && !wasTrusted && shown.length === 0 && verdict?.decision === 'reject'
    const toMend: readonly Objection[] = isTrusted ? (verdict?.objections ?? []) : shown
    if (toMend.length === 0 || loop > loops) return ended
    if (sameObjections({ objections: before }, { objections: toMend })) return ended
    const revised = yield* revise(loop, current, toMend, checks, setting, signal)
    if (!revised || seen.has(revised.patch.tree)) return ended
    seen.add(revised.patch.tree)
    current = { ...current, ...revised }
    before = toMend
    wasTrusted ||= isTrusted
  }
}

/** The objections that count because a run shows them. Who approves, or has been wrong too often, is not run. */
async function* whatIsShown(
  verdict: Verdict | null,
  change: Reviewed,
  loop: number,
  mode: ReviewerMode,
  setting: Setting,
  signal: AbortSignal,
): Stage<Objection[]> {
  if (!verdict || verdict.decision === 'approve' || mode === 'advisory') return []
  return yield* checkObjections(verdict.objections, change, loop, setting, signal)
}
