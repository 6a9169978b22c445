import { createHash } from 'node:crypto'
import type { Project } from '../../cascade/ports.ts'
import type { SourceFile } from '../../core/task.ts'
import { normalForms } from './normal-forms.ts'

type Trees = Pick<Project, 'changes' | 'read'>

/**
 * One string for all that a change does to the code, equal for equal code: each path that differs with the normal form
 * of what it holds now.
 *
 * Equal forms mean that the same program was written, up to comments, formatting, types, local names and the order of
 * imports. Types are gone, so a type check may still tell two such changes apart, as may code that asks for its own
 * names or text, or modules whose mere loading does something in the order in which they are imported. Unequal forms
 * mean nothing: the same may have been said in another way.
 */
export async function formOf(from: string, to: string, trees: Trees, signal: AbortSignal): Promise<string> {
  const { written, removed } = await trees.changes(from, to, signal)
  const contents = await Promise.all(written.map((path) => trees.read(to, path)))
  // no text to compare: such a change is like nothing but itself
  if (contents.includes(undefined)) return hash(['tree', to])
  const files = written.map((path, index): SourceFile => ({ path, content: contents[index]! }))
  const forms = await normalForms(files, signal)
  const parts = [...files.map(({ path }) => [path, forms.get(path)!]), ...removed.map((path) => [path, null])]
  // the same lines written over another base are another program
  return hash(['change', from, parts.toSorted(([one], [other]) => (one! < other! ? -1 : 1))])
}

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')
