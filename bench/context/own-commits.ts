import { isExistingTest } from '../../src/core/protected.ts'
import { changedLines } from '../../src/core/changed-lines.ts'
import { HERE, run, type KnownChange, type KnownChanges } from './known-changes.ts'

/** A commit is a task when it changes so many files and lines that exist, and no more. */
const MOST_FILES = 6
const MOST_LINES = 150

/**
 * The small commits of this repository's own history, all that there are, in a clone at `folder`: by their subjects alone, or
 * by all that their messages say. None without a history.
 */
export async function ownCommits(folder: string, by: 'subject' | 'message'): Promise<KnownChanges> {
  await run(['git', 'clone', '--quiet', '--shared', '--no-checkout', HERE, folder], HERE)
  const format = by === 'subject' ? '%s' : '%s%n%n%b'
  const log = await run(['git', 'log', '--no-merges', '-z', `--format=%H%x09%P%x09${format}`], folder)
  const changes: KnownChange[] = []
  for (const entry of log.split('\0')) {
    const [commit = '', parent = '', ...message] = entry.split('\t')
    if (parent === '') continue
    const diff = ['git', 'diff', '--no-color', '--no-renames', '-U0', parent, commit, '--', 'src']
    const all = [...changedLines(await run(diff, folder), 'before')].filter(([path]) => !isExistingTest(path))
    const count = all.reduce((sum, [, lines]) => sum + lines.length, 0)
    if (count === 0 || all.length > MOST_FILES || count > MOST_LINES) continue
    const request = message.join('\t').trim()
    changes.push({ name: commit.slice(0, 7), commit: parent, request, lines: new Map(all) })
  }
  return { folder, changes }
}

/** Brings the folder into the state before a change; files that are the same in both are not touched. */
export async function goBefore({ commit }: KnownChange, folder: string): Promise<void> {
  if (commit !== undefined) await run(['git', 'checkout', '--quiet', '--force', '--detach', commit], folder)
}
