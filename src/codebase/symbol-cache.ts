import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FileSymbols } from '../core/code-map/symbols.ts'
import { jsonOrNull } from '../core/json.ts'

/** What is known of a file that was that large, and changed then. null: it is not worth a place in a map. */
const KnownFile = z.object({
  path: z.string(),
  size: z.int(),
  changedAt: z.number(),
  symbols: FileSymbols.nullable(),
})
export type KnownFile = z.infer<typeof KnownFile>

/** Another way to read files is another version. */
const VERSION = 1
const Cache = z.object({ version: z.literal(VERSION), root: z.string(), files: z.array(KnownFile) })

/** A larger cache costs more to read than it saves, in characters. */
const LARGEST = 64_000_000

/** What was known of the files below `root` when it was last kept; nothing where that cannot be told. */
export async function readCache(folder: string, root: string): Promise<KnownFile[]> {
  const text = await readFile(placeOf(folder, root), 'utf8').catch(() => '')
  const found = Cache.safeParse(text.length > LARGEST ? null : jsonOrNull(text))
  return found.success && found.data.root === root ? found.data.files : []
}

/** Code bases kept; those written longest ago go. */
const MOST_KEPT = 20

/** Keeps it for the next process. One of several that write at once wins, whole. */
export async function keepCache(folder: string, root: string, files: readonly KnownFile[]): Promise<void> {
  const text = JSON.stringify({ version: VERSION, root, files })
  if (text.length > LARGEST) return
  const place = placeOf(folder, root)
  const draft = `${place}.${process.pid}`
  await mkdir(folder, { recursive: true })
  try {
    await writeFile(draft, text, { mode: 0o600 })
    await rename(draft, place)
    await forgetOldest(folder)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length <= MOST_KEPT) return
  const kept = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0,
    })),
  )
  const old = kept.toSorted((one, other) => other.at - one.at).slice(MOST_KEPT)
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })))
}

const placeOf = (folder: string, root: string): string =>
  join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 32)}.json`)
