import { chmod, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes a folder of ours in which others have worked. What they closed against everybody (a gate may, and the scratch
 * folder of an overlay always is) would stop an ordinary removal. Links are removed, never followed.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    if (!isClosed(error)) throw error
    await open(path)
    await rm(path, { recursive: true, force: true })
  }
}

/** The removal that failed may still be going on beside this, so what is gone is gone. */
async function open(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(ifGone)
  const entries = (await readdir(folder, { withFileTypes: true }).catch(ifGone)) ?? []
  const folders = entries.filter((entry) => entry.isDirectory())
  await Promise.all(folders.map(({ name }) => open(join(folder, name))))
}

const isClosed = (error: unknown): boolean => ['EACCES', 'EPERM'].includes(codeOf(error))

function ifGone(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
