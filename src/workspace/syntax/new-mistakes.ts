import type { Mistake, Project } from '../../cascade/ports.ts'
import type { FileChange } from '../../core/task.ts'
import { findMistakes } from './syntax.ts'

/** What the change broke. A file that did not parse before may be written in a dialect that is not known here. */
export async function newMistakes(
  tree: string,
  changes: readonly FileChange[],
  read: Project['read'],
  signal: AbortSignal,
): Promise<Mistake[]> {
  const written = changes.flatMap(({ path, content }) => (content === null ? [] : [{ path, content }]))
  const mistakes = await findMistakes(written, signal)
  const before = await Promise.all(mistakes.map(({ path }) => read(tree, path)))
  const known = mistakes.flatMap(({ path }, index) => {
    const content = before[index]
    return content === undefined ? [] : [{ path, content }]
  })
  const broken = new Set((await findMistakes(known, signal)).map(({ path }) => path))
  return mistakes.filter(({ path }) => !broken.has(path))
}
