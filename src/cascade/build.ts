import type { SwarmEvent } from '../core/event.ts'
import { summarise } from '../core/gates.ts'
import { wavesOf } from '../core/plan.ts'
import type { Candidate, GateResult, Patch, Plan, Proof, Verified } from '../core/task.ts'
import type { Doubt } from './contest/choose.ts'
import { contest, type Contest } from './contest/contest.ts'
import type { Stage } from './ports.ts'
import { race } from './race.ts'
import type { Setting } from './setting.ts'

export type Built =
  | {
      readonly kind: 'built'
      readonly patch: Patch
      readonly gates: readonly GateResult[]
      /** Trees of other changes that passed the gates. */
      readonly others: readonly string[]
      readonly proof: Omit<Proof, 'review'>
      /** Groups of changes that passed, where nothing told which is right; null elsewhere. */
      readonly undecided: number | null
    }
  /** Changes passed the gates, and a higher tier may settle which of them to believe. */
  | { readonly kind: 'held'; readonly survivors: readonly Verified[]; readonly doubt: Doubt }
  /** What stood at the seats when it failed, for the memory of later attempts. */
  | { readonly kind: 'failed'; readonly candidates: readonly Candidate[] }

/**
 * A plan becomes one change: sub-tasks in waves, disjoint ones side by side, each a contest on top of the tree its
 * predecessors left. The gates then run once more on the union, because parts that pass alone need not pass together.
 */
export async function* build(plan: Plan, setting: Setting, signal: AbortSignal): Stage<Built> {
  const { project, verifier } = setting
  // only a change of the whole can wait to be compared with another
  const alone = plan.subtasks.length === 1
  const here = alone ? setting : { ...setting, held: [], mayGoUp: false }
  const proofs: Contest['proof'][] = []
  let tree = project.base
  for (const wave of wavesOf(plan.subtasks) ?? [plan.subtasks]) {
    const before = tree
    const contests = yield* race<SwarmEvent, Contest>(
      wave.map((subtask) => (signal: AbortSignal) => contest(subtask, before, here, signal)),
      (contests) => contests.some(({ winner }) => winner === null),
      signal,
    )
    const lost = contests.filter(({ winner }) => winner === null)
    const [doubtful] = lost
    if (doubtful?.doubt) return { kind: 'held', survivors: doubtful.survivors, doubt: doubtful.doubt }
    if (lost.length > 0) return { kind: 'failed', candidates: lost.flatMap(({ candidates }) => candidates) }
    const winners = contests.map(({ winner }) => winner!)
    const [only] = contests
    if (only && alone) return builtBy(only)
    proofs.push(...contests.map(({ proof }) => proof))

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
  if (!failed) return { kind: 'built', patch, gates, others: [], proof: ofAll(proofs), undecided: null }
  const reason = `the sub-tasks pass alone but not together: ${summarise(failed)}`
  return {
    kind: 'failed',
    candidates: [{ state: 'rejected', place, code: failed.gate, reason, patch, gates: [...gates] }],
  }
}

function builtBy({ winner, survivors, proof, undecided }: Contest): Built {
  const { patch, gates } = winner!
  const others = survivors.map(({ patch }) => patch.tree).filter((tree) => tree !== patch.tree)
  return { kind: 'built', patch, gates, others: [...new Set(others)], proof, undecided }
}

/** What holds of every part holds of the whole; strength and tests were of the parts alone. */
function ofAll(proofs: readonly Contest['proof'][]): Contest['proof'] {
  const least = (of: (agreement: Proof['agreement']) => number): number =>
    Math.min(...proofs.map(({ agreement }) => of(agreement)))
  return {
    agreement: {
      agreeing: least(({ agreeing }) => agreeing),
      verified: least(({ verified }) => verified),
      candidates: least(({ candidates }) => candidates),
    },
    strength: null,
    specTest: null,
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
