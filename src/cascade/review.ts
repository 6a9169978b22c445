import { summarise } from '../core/gates.ts'
import type { GateResult, Patch, Verdict } from '../core/task.ts'
import { readVerdict, sameObjections } from '../core/verdict.ts'
import { tryAsk } from './ask.ts'
import { code } from './code.ts'
import type { Stage } from './ports.ts'
import { revisionSeat } from './seats.ts'
import type { Setting } from './setting.ts'

/** A change that passed the gates, on its way to the user. */
export type Reviewed = { readonly patch: Patch; readonly gates: readonly GateResult[] }

export type Review = Reviewed & {
  /** null when the reviewer does not (or no longer) object. */
  readonly objection: string | null
}

/**
 * The reviewer sees request, diff and gate results, never what a coder said. While it objects, one coder revises and
 * the gates run again; at most `reviewLoops` times, and no further when a loop brings nothing new.
 */
export async function* review(change: Reviewed, setting: Setting, signal: AbortSignal): Stage<Review> {
  let current = change
  let before: Verdict | null = null
  for (let loop = 1; ; loop += 1) {
    const verdict = yield* judge(current, loop, setting, signal)
    if (verdict?.decision !== 'reject') return { ...current, objection: null }
    const objection = verdict.objections.map(({ claim }) => claim).join('; ')
    if (loop > setting.ports.limits.reviewLoops) return { ...current, objection }
    if (before && sameObjections(before, verdict)) return { ...current, objection }
    before = verdict

    const seat = await revisionSeat(loop, current.patch, verdict.objections, setting)
    const revised = yield* code(seat, setting, signal)
    if (revised.state !== 'verified') return { ...current, objection }
    const patch = await setting.project.diff(setting.project.base, revised.patch.tree, signal)
    if (patch.tree === setting.project.base) return { ...current, objection }
    current = { patch, gates: revised.gates }
  }
}

/** One verdict; null when the reviewer could not be reached or wrote none. The gates have spoken either way. */
async function* judge(
  change: Reviewed,
  loop: number,
  setting: Setting,
  signal: AbortSignal,
): Stage<Verdict | null> {
  const { ports, task, brief, attempt } = setting
  const prompt = ports.prompts.render('review', {
    request: brief.request,
    diff: change.patch.diff,
    gates: change.gates.map(describe).join('\n') || 'The project has no checks; nothing was run.',
  })
  const tier = ports.models.tiers.includes('reviewer') ? 'reviewer' : ports.models.tiers.at(-1)!
  const place = { subtask: 'review', seat: loop }
  const startedAt = ports.clock.now()
  const answer = yield* tryAsk(
    { taskId: task.id, role: 'reviewer', place, tier, attempt, prompt },
    ports,
    signal,
  )
  const verdict = answer.ok ? readVerdict(answer.reply.text) : null
  yield {
    type: 'review_complete',
    loop,
    decision: verdict?.decision ?? 'unreadable',
    objections: verdict?.objections ?? [],
    latencyMs: Math.round(ports.clock.now() - startedAt),
  }
  return verdict
}

function describe(result: GateResult): string {
  if (result.status === 'failed') return summarise(result)
  const before =
    result.knownFailures > 0 ? `, apart from ${result.knownFailures} failures that were there before` : ''
  return `${result.gate}: passed${before}`
}
