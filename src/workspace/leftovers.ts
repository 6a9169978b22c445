import { mkdir, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { removeTree } from './remove.ts'
import { jsonOrNull } from '../core/json.ts'

const Owner = z.object({ pid: z.number().int(), startedAt: z.string() })
const OWNER_FILE = 'owner.json'

/** Makes a folder that bears its owner's name, so that a later start can tell whether the owner is still alive. */
export async function makeOwnedFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  const owner = { pid: process.pid, startedAt: await startOf(process.pid) }
  await writeFile(join(path, OWNER_FILE), JSON.stringify(owner))
}

/** Where downloaded packages stay in the cache, for new projects to come. */
export const downloadsIn = (cache: string): string => join(cache, 'downloads')

const OLDEST_DOWNLOADS_MS = 30 * 24 * 3_600_000

/** Says that they were needed just now. */
export async function touchDownloads(downloads: string): Promise<void> {
  await mkdir(downloads, { recursive: true })
  await utimes(downloads, new Date(), new Date())
}

async function dropOldDownloads(downloads: string): Promise<void> {
  const found = await stat(downloads).catch(() => null)
  if (found && Date.now() - found.mtimeMs > OLDEST_DOWNLOADS_MS) await removeTree(downloads)
}

/** Removes the folders in `cache` whose owners are dead, and downloads nobody needed for a month. Returns how many folders. */
export async function sweepLeftovers(cache: string): Promise<number> {
  await dropOldDownloads(downloadsIn(cache))
  const names = await readdir(cache).catch((): string[] => [])
  const swept = await Promise.all(
    names.filter((name) => name.startsWith(PREFIX)).map((name) => sweep(join(cache, name))),
  )
  return swept.filter(Boolean).length
}

/** Folders of ours begin with this; nothing else in the cache is ever swept. */
export const PREFIX = 'tasks-'

async function sweep(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, OWNER_FILE), 'utf8').catch(() => null)
  // without a readable owner it may be a folder in the making: that one's turn comes at a later start
  const owner = Owner.safeParse(text === null ? null : jsonOrNull(text))
  if (!owner.success || (await isAlive(owner.data))) return false
  await removeTree(folder)
  return true
}

async function isAlive({ pid, startedAt }: z.infer<typeof Owner>): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  // pids are used again: it is the same process only if it also started at the same moment
  return (await startOf(pid)) === startedAt
}

/** Start time in clock ticks since boot, field 22 of proc(5)'s stat; empty where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
