import { copyFile, mkdir, readFile, realpath, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SwarmError } from '../../core/errors.ts'
import { git, parts } from './git.ts'

/** The user's project frozen: a bare repository of ours that holds its tree, outside of it. */
export type Snapshot = {
  readonly gitDir: string
  /** The user's HEAD commit; null where there is none. */
  readonly commit: string | null
  readonly base: string
}

/** In a folder without git nobody has said what is generated; these never belong to a project. */
export const NEVER = [
  'node_modules',
  '.next',
  'dist',
  'build',
  'coverage',
  'target',
  '.venv',
  '__pycache__',
  '.env',
  '.env.*',
  '.DS_Store',
]
/** Nested repositories that `git add` stumbles over are left out one by one, up to this many. */
const MOST_NESTED = 50

/**
 * Freezes a folder as it is now, uncommitted and untracked files included, ignored ones not. Reads the user's
 * repository (objects, index, HEAD) and writes only to ours.
 */
export async function takeSnapshot(folder: string, gitDir: string, signal: AbortSignal): Promise<Snapshot> {
  await mkdir(gitDir, { recursive: true })
  await git(['init', '--quiet', '--bare', gitDir], { gitDir }, signal)
  await mkdir(join(gitDir, 'info'), { recursive: true })
  // bytes are taken and given as they are: no line-ending, filter or encoding of the project's attributes applies
  await writeFile(join(gitDir, 'info', 'attributes'), '* -text -filter -ident !eol !working-tree-encoding\n')

  const theirs = await findRepository(folder, signal)
  const index = join(gitDir, 'index')
  if (!theirs) {
    await writeFile(join(gitDir, 'info', 'exclude'), `${NEVER.join('\n')}\n`)
    await addAll(folder, gitDir, signal)
  } else {
    await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${theirs.objects}\n`)
    if (theirs.isRoot) await addAllOfRepository(folder, theirs, gitDir, signal)
    else await addListed(folder, gitDir, signal)
  }
  const base = (await git(['write-tree'], { gitDir, index }, signal)).trim()
  return { gitDir, commit: theirs?.commit ?? null, base }
}

type Theirs = {
  readonly objects: string
  readonly index: string
  readonly excludes: string
  readonly attributes: string
  readonly commit: string | null
  readonly isRoot: boolean
}

async function findRepository(folder: string, signal: AbortSignal): Promise<Theirs | null> {
  const ask = (...args: string[]): Promise<string | null> => answerOf(folder, args, signal)
  const places = ['objects', 'index', 'info/exclude', 'info/attributes'].flatMap((name) => [
    '--git-path',
    name,
  ])
  const found = await ask('rev-parse', '--path-format=absolute', '--show-toplevel', ...places)
  if (found === null) return null
  const [root = '', objects = '', index = '', excludes = '', attributes = ''] = found.split('\n')
  const commit = await ask('rev-parse', '--verify', '--quiet', 'HEAD')
  const isRoot = (await realpath(folder)) === (await realpath(root))
  return { objects, index, excludes, attributes, commit, isRoot }
}

/** What the user's git says in this folder; null when it says no. */
const answerOf = (folder: string, args: readonly string[], signal: AbortSignal): Promise<string | null> =>
  git(args, { gitDir: '', workTree: folder, asUser: true }, signal).then(
    (answer) => answer.trim(),
    (error: unknown) => {
      if (error instanceof SwarmError && !signal.aborted) return null
      throw error
    },
  )

async function addAllOfRepository(
  folder: string,
  theirs: Theirs,
  gitDir: string,
  signal: AbortSignal,
): Promise<void> {
  await writeFile(join(gitDir, 'info', 'exclude'), await excludesOf(folder, theirs, signal))
  // the user's index saves hashing every file again; but where bytes are converted, its hashes are not of the files
  // and where it is told not to look at some files, it would not see what was done to them
  const converts = (await convertsBytes(folder, theirs, signal)) || (await looksAway(folder, signal))
  if (converts) return addListed(folder, gitDir, signal)
  await copyIndex(theirs.index, join(gitDir, 'index'))
  try {
    await addAll(folder, gitDir, signal)
  } catch (error) {
    signal.throwIfAborted()
    // a split or otherwise special index cannot be read elsewhere: without it every file is hashed
    await rm(join(gitDir, 'index'), { force: true })
    await addListed(folder, gitDir, signal).catch(() => {
      throw error
    })
  }
}

/** What the user ignores everywhere, then what is ignored in this clone: the later is the stronger. */
async function excludesOf(folder: string, theirs: Theirs, signal: AbortSignal): Promise<string> {
  const everywhere = await answerOf(folder, ['config', '--type=path', 'core.excludesFile'], signal)
  const texts = [everywhere ?? join(homedir(), '.config', 'git', 'ignore'), theirs.excludes].map(textOf)
  // installed packages are never part of a project, even where nobody said so; tracked ones stay
  return ['node_modules', ...(await Promise.all(texts))].join('\n')
}

/** May files differ from what the user's git keeps of them? */
async function convertsBytes(folder: string, theirs: Theirs, signal: AbortSignal): Promise<boolean> {
  const ask = (...args: string[]): Promise<string | null> => answerOf(folder, args, signal)
  const [settings, tracked, untracked, ofClone] = await Promise.all([
    // our own autocrlf=false is among the answers
    ask('config', '--get-regexp', String.raw`^core\.(autocrlf|attributesfile)$`, '!^false$'),
    ask('ls-files', '*.gitattributes'),
    textOf(join(folder, '.gitattributes')),
    textOf(theirs.attributes),
  ])
  return [settings, tracked, untracked, ofClone].some((found) => found !== null && found !== '')
}

/** With its time: a file changed in the very second an index was written is told apart only by that. */
async function copyIndex(from: string, to: string): Promise<void> {
  const times = await stat(from).catch(ifMissing)
  if (!times) return
  await copyFile(from, to)
  await utimes(to, times.atime, Math.floor(times.mtimeMs / 1000))
}

const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => ifMissing(error) ?? '')

/** Has the user told his git to look away from some files (assume-unchanged, skip-worktree)? */
async function looksAway(folder: string, signal: AbortSignal): Promise<boolean> {
  const listed = await answerOf(folder, ['ls-files', '-v'], signal)
  return /^[a-zS] /m.test(listed ?? '')
}

/**
 * Adds what the user's own git says belongs: tracked files, ignored or not, and untracked ones that are not ignored.
 * For a folder inside a repository, whose ignore rules may stand above it, and wherever his index cannot be borrowed.
 */
async function addListed(folder: string, gitDir: string, signal: AbortSignal): Promise<void> {
  const listed = await git(
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    { gitDir: '', workTree: folder, asUser: true },
    signal,
  )
  const input = parts(listed)
    // a nested repository, and no file
    .filter((path) => !path.endsWith('/'))
    .map((path) => `${path}\0`)
    .join('')
  const options = { gitDir, index: join(gitDir, 'index'), workTree: folder, input }
  await git(['update-index', '--add', '--remove', '-z', '--stdin'], options, signal)
}

/** `git add --all`, leaving out nested repositories without a commit, at which it would stop. */
async function addAll(folder: string, gitDir: string, signal: AbortSignal): Promise<void> {
  const nested: string[] = []
  for (;;) {
    const pathspec = ['.', ...nested.map((path) => `:(exclude,literal)${path}`)]
    try {
      await git(
        ['add', '--all', '--', ...pathspec],
        { gitDir, index: join(gitDir, 'index'), workTree: folder },
        signal,
      )
      return
    } catch (error) {
      const stumbled =
        error instanceof Error && /'(.+)\/' does not have a commit checked out/.exec(error.message)
      if (!stumbled || nested.length >= MOST_NESTED) throw error
      nested.push(stumbled[1]!)
    }
  }
}

function ifMissing(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
