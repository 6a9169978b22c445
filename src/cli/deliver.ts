import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Patch } from '../core/task.ts'
import type { TaskState } from '../core/state.ts'
import { applyToWorkingTree } from '../workspace/apply.ts'

/** What became of a task's diff. */
export type Delivery =
  | { readonly kind: 'applied' }
  | { readonly kind: 'printed' }
  /** It is no proven change, or no longer fits: kept for a human to decide. */
  | { readonly kind: 'saved'; readonly path: string; readonly reason: string }
  | { readonly kind: 'nothing' }

/** Puts a verified patch into the working tree; any other is kept beside. */
export async function deliver(
  { id, outcome }: TaskState,
  to: { folder: string; cacheDir: string; dryRun: boolean },
  signal: AbortSignal,
): Promise<Delivery> {
  const patch = outcome?.kind === 'abstained' ? null : outcome?.patch
  if (!outcome || !patch) return { kind: 'nothing' }
  if (to.dryRun) return { kind: 'printed' }
  if (outcome.kind !== 'verified') return save(id, patch, to.cacheDir, 'it was not verified')
  const applied = await applyToWorkingTree(to.folder, patch.diff, signal)
  if (applied.applied) return { kind: 'applied' }
  return save(id, patch, to.cacheDir, `it does not fit the working tree any more: ${applied.reason}`)
}

/** Outside the project: a file in it would be part of the next task's base. */
async function save(id: string, patch: Patch, cacheDir: string, reason: string): Promise<Delivery> {
  const folder = join(cacheDir, 'patches')
  const path = join(folder, `quorum-${id}.patch`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, patch.diff)
  return { kind: 'saved', path, reason }
}
