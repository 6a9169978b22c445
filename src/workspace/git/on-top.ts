import { join } from 'node:path'
import { SwarmError } from '../../core/errors.ts'
import { sectionsOf, standingOf, type Section } from '../../core/earlier-change.ts'
import type { EarlierChange, OnTop } from '../../core/task.ts'
import { git, parts } from './git.ts'
import type { Snapshot } from './repository.ts'

/**
 * Puts an earlier change onto the user's files, wherever they do not hold it yet. What he has changed himself since stays;
 * where the two do not go together, all of the earlier change is left out: half of it would be nobody's.
 */
export async function putOnTop(
  { task, diff }: EarlierChange,
  { gitDir, base }: Snapshot,
  signal: AbortSignal,
): Promise<OnTop> {
  const index = join(gitDir, 'index-on-top')
  const sections = sectionsOf(diff)
  const now = await blobsAt(base, sections, gitDir, signal)
  await git(['read-tree', base], { gitDir, index }, signal)

  const missing: Section[] = []
  for (const section of sections) {
    const standing = standingOf(section, now.get(section.path) ?? null)
    if (standing === 'changed') continue
    if (standing === 'elsewhere' && (await applies(section.text, '--reverse', '--check'))) continue
    missing.push(section)
  }
  if (missing.length === 0) return { task, how: 'in-place', tree: base, clashes: [] }
  if (await applies(missing.map(({ text }) => text).join(''))) {
    const tree = (await git(['write-tree'], { gitDir, index }, signal)).trim()
    return { task, how: 'added', tree, clashes: [] }
  }
  const clashes: string[] = []
  for (const { path, text } of missing) if (!(await applies(text, '--check'))) clashes.push(path)
  return { task, how: 'left-out', tree: base, clashes }

  async function applies(input: string, ...flags: string[]): Promise<boolean> {
    const command = ['apply', '--cached', '--whitespace=nowarn', ...flags, '-']
    try {
      await git(command, { gitDir, index, input }, signal)
      return true
    } catch (error) {
      // git says no
      if (error instanceof SwarmError && !signal.aborted) return false
      throw error
    }
  }
}

/** What stands at the paths of a diff in a tree. */
async function blobsAt(
  tree: string,
  sections: readonly Section[],
  gitDir: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const paths = sections.map(({ path }) => path)
  const listed = parts(await git(['ls-tree', '-z', tree, '--', ...paths], { gitDir }, signal))
  return new Map(
    listed.map((line) => {
      const tab = line.indexOf('\t')
      return [line.slice(tab + 1), line.slice(0, tab).split(' ')[2]!]
    }),
  )
}
