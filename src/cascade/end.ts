import { clustersOf } from '../core/agreement.ts'
import { leaderOf } from '../core/closing.ts'
import type { Outcome, Proof } from '../core/task.ts'
import { nextAfter, type Course } from './course.ts'
import { deliver, fromTheirs } from './deliver.ts'
import { heldOf } from './held.ts'
import { closestOf, type Attempt } from './memory.ts'
import type { Stage } from './ports.ts'
import { review, type Review, type Reviewed } from './reviewing/review.ts'

type Kept = {
  readonly change: Reviewed
  readonly proof: Omit<Proof, 'review'>
  readonly undecided: number | null
}

/**
 * The end of the line: the best change that was kept, if the reviewer lets it pass, else an honest abstention with the
 * attempt that came closest.
 */
export async function* endWithBest(
  attempts: readonly Attempt[],
  course: Course,
  signal: AbortSignal,
): Stage<Outcome> {
  const reason = whyEnded(attempts, course)
  const last = attempts.at(-1)
  if (!last) return { kind: 'abstained', reason, best: null }
  const { project } = last.setting
  let objected: Review | null = attempts.findLast(({ review }) => review !== null)?.review ?? null
  for (const { change, proof, undecided } of keptOf(attempts)) {
    const reviewed = yield* review(change, last.setting, signal)
    if (reviewed.objection !== null) {
      objected ??= reviewed
      continue
    }
    return deliver(reviewed, proof, undecided, project, signal)
  }
  if (objected) {
    const why = `it passed the gates, but the reviewer's objection holds: ${objected.objection}`
    return {
      kind: 'abstained',
      reason,
      best: { patch: await fromTheirs(objected.patch, project, signal), gates: [...objected.gates], why },
    }
  }
  const closest = closestOf(attempts)
  if (!closest) return { kind: 'abstained', reason, best: null }
  const patch = await project.diff(project.theirs, closest.patch.tree, signal)
  return { kind: 'abstained', reason, best: { patch, gates: closest.gates, why: closest.reason } }
}

function whyEnded(attempts: readonly Attempt[], course: Course): string {
  const spent = attempts.at(-1)?.setting.meter.spent()
  if (spent) return `the limit of ${spent.limit} ${spent.budget} is reached`
  const step = nextAfter(course, attempts)
  return step.kind === 'give-up' ? step.reason : 'stopped'
}

/** Changes that passed the gates and were not delivered, the most believable first. */
function keptOf(attempts: readonly Attempt[]): Kept[] {
  const tooLarge = attempts.toReversed().flatMap(({ built, review }): Kept[] => {
    if (built.kind !== 'built' || review) return []
    const { patch, gates, others, proof, undecided } = built
    return [{ change: { patch, gates, others }, proof, undecided }]
  })
  const held = heldOf(attempts)
  const clusters = clustersOf(held)
  const isSplit = clusters.length > 1 && leaderOf(clusters) === null
  const undecided = isSplit ? clusters.length : null
  return [
    ...tooLarge,
    ...clusters.slice(0, 1).map(({ members, seats }): Kept => {
      const { patch, gates } = members[0]!
      const others = held.map(({ patch }) => patch.tree).filter((tree) => tree !== patch.tree)
      const agreement = { agreeing: seats.length, verified: held.length, candidates: held.length }
      return {
        change: { patch, gates, others },
        proof: { agreement, strength: null, specTest: null },
        undecided,
      }
    }),
  ]
}
