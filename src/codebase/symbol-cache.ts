import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FileSymbols } from '../core/code-map/symbols.ts'
import type { TextWords } from '../core/code-map/text-words.ts'
import { jsonOrNull } from '../core/json.ts'
import type { FileState } from './source-file.ts'

/** What is known of a file that was that large, and changed then. null: it is not worth a place in a map. */
export type KnownFile = FileState & {
  readonly known: { readonly symbols: FileSymbols; readonly words: TextWords } | null
}

/** Another way to read files is another version. */
const VERSION = 2

/** One line of JSON; behind it, as they lie in memory, the words of all files in this order. */
const Head = z.object({
  version: z.literal(VERSION),
  root: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      size: z.int(),
      changedAt: z.number(),
      symbols: FileSymbols.nullable(),
      /** How many numbers. */
      counts: z.int().min(0),
    }),
  ),
})

/** A larger cache costs more to read than it saves, in bytes. */
const LARGEST = 96_000_000

/** What was known of the files below `root` when it was last kept; nothing where that cannot be told. */
export async function readCache(folder: string, root: string): Promise<KnownFile[]> {
  const bytes = await readFile(placeOf(folder, root)).catch(() => Buffer.alloc(0))
  const end = bytes.indexOf(10)
  if (bytes.length > LARGEST || end === -1) return []
  const found = Head.safeParse(jsonOrNull(bytes.toString('utf8', 0, end)))
  if (!found.success || found.data.root !== root) return []
  const { files } = found.data
  // a copy begins where numbers may begin
  const numbers = new Uint32Array(
    new Uint8Array(bytes.subarray(end + 1)).buffer.slice(0, (bytes.length - end - 1) & ~3),
  )
  const sizes = files.map(({ symbols, counts }) => (symbols ? counts + symbols.definitions.length + 1 : 0))
  if (sizes.reduce((sum, size) => sum + size, 0) !== numbers.length) return []
  let at = 0
  return files.map(({ symbols, counts, ...state }, index) => {
    const own = numbers.subarray(at, at + sizes[index]!)
    at += sizes[index]!
    if (!symbols) return { ...state, known: null }
    return {
      ...state,
      known: { symbols, words: { counts: own.subarray(0, counts), ends: own.subarray(counts) } },
    }
  })
}

/** Code bases kept; those written longest ago go. */
const MOST_KEPT = 20

/** Keeps it for the next process. One of several that write at once wins, whole. */
export async function keepCache(folder: string, root: string, files: readonly KnownFile[]): Promise<void> {
  const bytes = written(root, files)
  if (bytes.length > LARGEST) return
  const place = placeOf(folder, root)
  const draft = `${place}.${process.pid}`
  await mkdir(folder, { recursive: true })
  try {
    await writeFile(draft, bytes, { mode: 0o600 })
    await rename(draft, place)
    await forgetOldest(folder)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

function written(root: string, files: readonly KnownFile[]): Buffer {
  const listed = files.map(({ known, ...state }) => {
    return { ...state, symbols: known?.symbols ?? null, counts: known?.words.counts.length ?? 0 }
  })
  const head = JSON.stringify({ version: VERSION, root, files: listed })
  const words = files.flatMap(({ known }) => (known ? [known.words.counts, known.words.ends] : []))
  return Buffer.concat([
    Buffer.from(`${head}\n`),
    ...words.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ])
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
  join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 32)}.map`)
