import { join } from 'node:path'
import { SwarmError } from '../../core/errors.ts'
import { git } from './git.ts'
import type { Snapshot } from './repository.ts'

/** What a change was made from, some time ago. */
export type Earlier = {
  readonly tree: string
  readonly commit: string | null
  /** The change itself: it may have been applied since. */
  readonly diff: string
}

/**
 * The tree a change was made from, if it can still be had: the folder as it is now, the folder without the change, or
 * the commit it stood on. None is taken for it but by its hash. Throws 'not-found' with what to do.
 */
export async function findEarlier(
  earlier: Earlier,
  { gitDir, base }: Snapshot,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const { tree, commit } = earlier
  if (base === tree) return tree
  if ((await without(earlier.diff, base, gitDir, signal)) === tree) return tree
  if (commit !== null && (await treeOf(commit, folder, gitDir, signal)) === tree) return tree
  const where = commit === null ? '' : `, and commit ${commit.slice(0, 12)} does not hold them`
  throw new SwarmError(
    'not-found',
    `${folder} is not, with or without the change, what the change was made from (tree ${tree.slice(0, 12)})${where}; ` +
      'put it back as it was, or name a copy that is: --workspace DIR',
  )
}

/** The tree with the change taken back; null where the change is not in it. */
async function without(
  diff: string,
  tree: string,
  gitDir: string,
  signal: AbortSignal,
): Promise<string | null> {
  const options = { gitDir, index: join(gitDir, 'index-earlier') }
  await git(['read-tree', tree], options, signal)
  const args = ['apply', '--cached', '--reverse', '--whitespace=nowarn', '-']
  const taken = await unlessRefused(git(args, { ...options, input: diff }, signal), signal)
  return taken === null ? null : (await git(['write-tree'], options, signal)).trim()
}

/** The tree of a folder in a commit of the repository around it; null where there is none. */
async function treeOf(
  commit: string,
  folder: string,
  gitDir: string,
  signal: AbortSignal,
): Promise<string | null> {
  const asUser = { gitDir: '', workTree: folder, asUser: true }
  const prefix = await unlessRefused(git(['rev-parse', '--show-prefix'], asUser, signal), signal)
  if (prefix === null) return null
  const args = ['rev-parse', '--verify', '--quiet', `${commit}:${prefix.trimEnd()}`]
  return (await unlessRefused(git(args, { gitDir }, signal), signal))?.trim() ?? null
}

/** git's answer; null when it says no. */
const unlessRefused = (answer: Promise<string>, signal: AbortSignal): Promise<string | null> =>
  answer.catch((error: unknown) => {
    if (error instanceof SwarmError && !signal.aborted) return null
    throw error
  })
