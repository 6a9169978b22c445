import type { Verified } from '../core/task.ts'
import type { Attempt } from './memory.ts'

/** Changes of earlier attempts that passed the gates, each once, and were neither delivered nor objected to. */
export function heldOf(attempts: readonly Attempt[]): Verified[] {
  const all = attempts.flatMap(({ built }) => (built.kind === 'held' ? built.survivors : []))
  return [...new Map(all.map((candidate) => [candidate.patch.tree, candidate])).values()]
}
