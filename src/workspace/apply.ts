import { shell } from './shell.ts'

export type Applied = { readonly applied: true } | { readonly applied: false; readonly reason: string }

/**
 * Applies a diff to a folder as it is now: all of it or nothing, and never the index. git works without a repository
 * here, because inside one it would take the paths from the repository's root and the line ends from its settings.
 */
export async function applyToWorkingTree(path: string, diff: string, signal: AbortSignal): Promise<Applied> {
  const checked = await apply(['--check'], path, diff, signal)
  if (!checked.applied) return checked
  // once begun it is finished: half a change would be worse than none
  return apply([], path, diff, new AbortController().signal)
}

async function apply(
  flags: readonly string[],
  cwd: string,
  diff: string,
  signal: AbortSignal,
): Promise<Applied> {
  signal.throwIfAborted()
  const command = ['git', 'apply', '--whitespace=nowarn', ...flags, '-']
  const result = await shell(command, { cwd, environment: OUTSIDE, input: diff }, signal)
  signal.throwIfAborted()
  return result.exitCode === 0 ? { applied: true } : { applied: false, reason: result.output.trim() }
}

const OUTSIDE = {
  LC_ALL: 'C.UTF-8',
  GIT_DIR: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}
