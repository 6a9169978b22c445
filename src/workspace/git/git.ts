import { homedir } from 'node:os'
import { SwarmError } from '../../core/errors.ts'
import { shell } from '../shell.ts'

export type GitOptions = {
  /** Empty: the repository that `workTree` stands in. */
  readonly gitDir: string
  readonly index?: string
  readonly workTree?: string
  readonly input?: string
  /** Give the output as one character per byte. */
  readonly binary?: boolean
  /** With the user's own settings, for questions about what they say. */
  readonly asUser?: boolean
}

// nothing from the user's or the project's own git configuration may run or change anything
const SETTINGS = [
  'core.autocrlf=false',
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.untrackedCache=false',
  'gc.auto=0',
  'advice.addEmbeddedRepo=false',
  'safe.directory=*',
].flatMap((setting) => ['-c', setting])

/** Runs git and returns what it printed. Throws SwarmError 'internal' with git's own words when it fails. */
export async function git(
  args: readonly string[],
  options: GitOptions,
  signal: AbortSignal,
): Promise<string> {
  const { gitDir, index, workTree, input, binary = false, asUser = false } = options
  const command = [
    'git',
    ...SETTINGS,
    // without one, git finds the repository the folder stands in
    ...(gitDir === '' ? [] : [`--git-dir=${gitDir}`]),
    ...(workTree === undefined || gitDir === '' ? [] : [`--work-tree=${workTree}`]),
    ...args,
  ]
  const environment = {
    LC_ALL: 'C.UTF-8',
    ...(asUser ? { HOME: homedir() } : { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  }
  const result = await shell(
    command,
    {
      cwd: workTree ?? gitDir,
      environment,
      keep: GIT_OUTPUT,
      binary,
      ...(input === undefined ? {} : { input }),
    },
    signal,
  )
  signal.throwIfAborted()
  if (result.dropped > 0) throw new SwarmError('internal', `git ${args[0]} said more than can be read`)
  if (result.exitCode === 0) return result.stdout
  throw new SwarmError('internal', `git ${args[0]} failed: ${result.output.trim().slice(0, MOST_WORDS)}`)
}

/** Characters of an error of git's that are passed on. */
const MOST_WORDS = 2_000
/** A listing of a very large repository is some tens of megabytes. */
const GIT_OUTPUT = 100_000_000

/** NUL-separated output as its parts. */
export const parts = (output: string): string[] => output.split('\0').filter((part) => part !== '')
