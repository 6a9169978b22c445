import { constants, type Dirent, type Stats } from 'node:fs'
import { copyFile, lstat, mkdtemp, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makePlainFolder } from '../plain-folder.ts'
import { removeTree } from '../remove.ts'

/**
 * Makes `to` a copy of `from`, file by file, with the file system's copy-on-write where it has it. What is already the
 * same by kind, size and time is kept, so that a copy that somebody worked in is put right in a fraction of the time. Entries of `from` itself that are
 * named in `without` are left out.
 */
export async function mirrorFolder(
  from: string,
  to: string,
  without: ReadonlySet<string> = NOTHING,
): Promise<void> {
  const found = await readdir(from, { withFileTypes: true })
  const entries = found.filter(({ name }) => !without.has(name))
  await makePlainFolder(dirname(to), to.slice(dirname(to).length + 1))
  const names = new Set(entries.map(({ name }) => name))
  const surplus = (await readdir(to)).filter((name) => !names.has(name))
  await Promise.all(surplus.map((name) => removeTree(join(to, name))))
  await Promise.all(entries.map((entry) => mirrorEntry(entry, join(from, entry.name), join(to, entry.name))))
}

const NOTHING: ReadonlySet<string> = new Set()

/** Can files of `from` be cloned into the existing folder `into`, without a second copy of their bytes? */
export async function canClone(from: string, into: string): Promise<boolean> {
  const file = await firstFile(from)
  if (file === null) return false
  const trial = await mkdtemp(join(into, '.clone-'))
  try {
    await copyFile(file, join(trial, 'file'), constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    // whatever the reason, links do without
    return false
  } finally {
    await rm(trial, { recursive: true })
  }
}

async function mirrorEntry(entry: Dirent, from: string, to: string): Promise<void> {
  if (entry.isDirectory()) return mirrorFolder(from, to)
  if (entry.isSymbolicLink()) return putLink(await readlink(from), to)
  if (!entry.isFile()) return undefined
  const [wanted, there] = await Promise.all([lstat(from), lstat(to).catch(() => null)])
  if (there && isSame(wanted, there)) return undefined
  if (there) await removeTree(to)
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  return utimes(to, wanted.atime, wanted.mtime)
}

/** Puts a link there, unless it is there already. */
export async function putLink(target: string, place: string): Promise<void> {
  if ((await readlink(place).catch(() => null)) === target) return
  if (await lstat(place).catch(() => null)) await removeTree(place)
  await symlink(target, place)
}

/** A file system may keep times less exactly than another. */
const isSame = (wanted: Stats, there: Stats): boolean =>
  there.isFile() &&
  there.size === wanted.size &&
  there.mode === wanted.mode &&
  Math.abs(there.mtimeMs - wanted.mtimeMs) < 1

async function firstFile(folder: string): Promise<string | null> {
  const entries = await readdir(folder, { withFileTypes: true })
  const file = entries.find((entry) => entry.isFile())
  if (file) return join(folder, file.name)
  for (const entry of entries.filter((entry) => entry.isDirectory())) {
    const found = await firstFile(join(folder, entry.name))
    if (found !== null) return found
  }
  return null
}
