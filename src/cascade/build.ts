import type { SwarmEvent } from '../core/event.ts'
import { summarise } from '../core/gates.ts'
import { wavesOf } from '../core/plan.ts'
import type { Candidate, GateResult, Patch, Plan } from '../core/task.ts'
import { contest, type Contest } from './contest.ts'
import type { Stage } from './ports.ts'
import { race } from './race.ts'
import type { Setting } from './setting.ts'

export type Built =
  | { readonly kind: 'built'; readonly patch: Patch; readonly gates: readonly GateResult[] }
  /** What stood at the seats when it failed, for the memory of later attempts. */
  | { readonly kind: 'failed'; readonly candidates: readonly Candidate[] }

/**
 * A plan becomes one change: sub-tasks in waves, disjoint ones side by side, each a contest on top of the tree its
 * predecessors left. The gates then run once more on the union, because parts that pass alone need not pass together.
 */
export async function* build(plan: Plan, setting: Setting, signal: AbortSignal): Stage<Built> {
  const { project, verifier } = setting
  let tree = project.base
  for (const wave of wavesOf(plan.subtasks) ?? [plan.subtasks]) {
    const before = tree
    const contests = yield* race<SwarmEvent, Contest>(
      wave.map((subtask) => (signal: AbortSignal) => contest(subtask, before, setting, signal)),
      (contests) => contests.some(({ winner }) => winner === null),
      signal,
    )
    const lost = contests.filter(({ winner }) => winner === null)
    if (lost.length > 0) return { kind: 'failed', candidates: lost.flatMap(({ candidates }) => candidates) }
    const winners = contests.map(({ winner }) => winner!)
    const [only] = winners
    if (only && plan.subtasks.length === 1) return { kind: 'built', patch: only.patch, gates: only.gates }

    const clash = fileInTwo(winners.map(({ patch }) => patch))
    if (clash !== null) {
      const { patch, gates, place } = winners.find(({ patch }) => patch.files.includes(clash))!
      const reason = `two sub-tasks that ran side by side both wrote ${clash}`
      return {
        kind: 'failed',
        candidates: [{ state: 'rejected', place, code: 'overlap', reason, patch, gates }],
      }
    }
    for (const { patch } of winners) tree = await project.merge(tree, before, patch.tree, signal)
  }

  const patch = await project.diff(project.base, tree, signal)
  const place = { subtask: 'union', seat: 1 }
  if (tree === project.base) {
    const reason = 'the sub-tasks undo each other: together they change nothing'
    return { kind: 'failed', candidates: [{ state: 'failed', place, code: 'noop', reason }] }
  }
  const { gates, failed } = yield* verifier.verify(tree, place, signal)
  if (!failed) return { kind: 'built', patch, gates }
  const reason = `the sub-tasks pass alone but not together: ${summarise(failed)}`
  return {
    kind: 'failed',
    candidates: [{ state: 'rejected', place, code: failed.gate, reason, patch, gates: [...gates] }],
  }
}

function fileInTwo(patches: readonly Patch[]): string | null {
  const seen = new Set<string>()
  for (const { files } of patches) {
    const twice = files.find((file) => seen.has(file))
    if (twice !== undefined) return twice
    for (const file of files) seen.add(file)
  }
  return null
}
