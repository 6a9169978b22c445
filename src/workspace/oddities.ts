import type { Dirent } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes pipes and sockets below a folder: git neither lists nor cleans them, and whoever reads a pipe nobody writes to
 * waits for ever. The project's own node_modules are passed over; they are made anew.
 */
export async function removeOddities(folder: string, except: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (isOdd(entry)) return rm(path)
      if (entry.isDirectory() && !except.has(path)) return removeOddities(path, except)
      return undefined
    }),
  )
}

const isOdd = (entry: Dirent): boolean => !entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink()
