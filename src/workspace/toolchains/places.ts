import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Surroundings } from './find.ts'
import { isIn } from '../is-in.ts'

/** Folders that a cage has anyway. */
const SYSTEM_FOLDERS = ['/usr', '/nix/store']

/**
 * Folders as they are called and as they really are: links in a toolchain go by either. Left out is what is not there,
 * what a cage has anyway, and a folder so wide that the home or the project would be in it.
 */
export async function readableOf(
  folders: readonly string[],
  { home, folder }: Surroundings,
): Promise<readonly string[]> {
  // a python may be installed in ~/.local itself, where programs also keep what is nobody's business
  const hidden = [home, await realOf(home), folder, join(home, '.local', 'share')].filter(
    (path) => path !== null,
  )
  const real = await Promise.all(folders.map(realOf))
  const places = folders.flatMap((path, index) => (real[index] ? [path, real[index]] : []))
  const isNeeded = (path: string): boolean =>
    !SYSTEM_FOLDERS.some((system) => isIn(system, path)) && !hidden.some((inner) => isIn(path, inner))
  const needed = [...new Set(places)].filter(isNeeded)
  return needed.filter((path) => !needed.some((outer) => outer !== path && isIn(outer, path)))
}

/** The path without symbolic links; null when nothing is there. */
export const realOf = (path: string): Promise<string | null> => realpath(path).catch(() => null)

/** Folders of the project, relative to it and the outermost first, in which a file of such a name stands. */
export function foldersWith(names: RegExp, files: ReadonlySet<string>): string[] {
  const folders = [...files].filter((file) => names.test(basename(file))).map(folderOf)
  return [...new Set(folders)].sort((one, other) => depth(one) - depth(other) || (one < other ? -1 : 1))
}

const folderOf = (file: string): string => (file.includes('/') ? dirname(file) : '')
const depth = (folder: string): number => (folder === '' ? 0 : folder.split('/').length)
