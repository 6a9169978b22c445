import { lstat, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Look } from '../cascade/ports.ts'
import { SwarmError } from '../core/errors.ts'
import { textOf } from './git/blobs.ts'
import { git, parts } from './git/git.ts'
import { NEVER } from './git/repository.ts'

/** A look, and the folder it was taken of, links on the way to it followed. */
export type PlacedLook = Look & { readonly root: string }

/**
 * Looks into a folder as it is now: tracked files and untracked ones, ignored ones not. Nothing is frozen or hashed, so
 * that it takes no longer than the listing. `room` is a folder of ours that does not exist yet.
 */
export async function lookInto(folder: string, room: string, signal: AbortSignal): Promise<PlacedLook> {
  const left = await leftOut(folder)
  const listed = (await isInRepository(folder, signal))
    ? await listRepository(folder, left, signal)
    : await listPlain(folder, room, left, signal)
  // a nested repository, and no file
  const paths = parts(listed).filter((path) => !path.endsWith('/'))
  const known = new Set(paths)
  const root = await realpath(folder)
  return { root, paths, read: async (path) => (known.has(path) ? readText(join(root, path)) : undefined) }
}

const LISTING = ['ls-files', '-z', '--others', '--exclude-standard', '--exclude=node_modules']
const asUser = { gitDir: '', asUser: true } as const

async function isInRepository(folder: string, signal: AbortSignal): Promise<boolean> {
  try {
    await git(['rev-parse', '--git-dir'], { ...asUser, workTree: folder }, signal)
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SwarmError) return false
    throw error
  }
}

/** What the user has written down for us alone to leave out, in the words of a `.gitignore`. */
async function leftOut(folder: string): Promise<string[]> {
  const found = await lstat(join(folder, '.quorumignore')).catch(() => null)
  return found?.isFile() ? ['--exclude-from=.quorumignore'] : []
}

async function listRepository(folder: string, left: readonly string[], signal: AbortSignal): Promise<string> {
  const options = { ...asUser, workTree: folder }
  const listed = git([...LISTING, ...left, '--cached', '--deduplicate'], options, signal)
  if (left.length === 0) return listed
  // git leaves out no file that it keeps unless it is asked which of them those are
  const tracked = await git(['ls-files', '-z', '--cached', '--ignored', ...left], options, signal)
  const ignored = new Set(parts(tracked))
  return parts(await listed)
    .filter((path) => !ignored.has(path))
    .join('\0')
}

/** In a folder without git, what never belongs to a project is left out by an empty repository of ours. */
async function listPlain(
  folder: string,
  room: string,
  left: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  await mkdir(room, { recursive: true })
  await git(['init', '--quiet', '--bare', room], { gitDir: room }, signal)
  await mkdir(join(room, 'info'), { recursive: true })
  await writeFile(join(room, 'info', 'exclude'), `${NEVER.join('\n')}\n`)
  return git([...LISTING, ...left], { gitDir: room, index: join(room, 'index'), workTree: folder }, signal)
}

/** Larger files are not for a model to read. */
const LARGEST_TEXT = 1_000_000

/** Undefined for what is gone, binary or large, and for a link, which may lead anywhere. */
async function readText(path: string): Promise<string | undefined> {
  const [place, found] = await Promise.all([realpath(path), stat(path)]).catch(() => [null, null] as const)
  if (place !== path || !found?.isFile() || found.size > LARGEST_TEXT) return undefined
  return textOf(await readFile(path))
}
