import { open, realpath } from 'node:fs/promises'
import { constants, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { holdsKey } from '../core/secret-files.ts'
import { isGenerated, LARGEST_FILE } from '../core/code-map/worth-mapping.ts'

/** A file as it lies there: whoever has read it once need not again as long as this stays the same. */
export type FileState = { readonly path: string; readonly size: number; readonly changedAt: number }

/** Size and time of a file; null for what is gone, no regular file, or larger than anybody writes. */
export function stateOf(root: string, path: string): FileState | null {
  // many small questions at once are quicker asked one by one, and nobody else waits for this thread
  const found = lstatSync(join(root, path), { throwIfNoEntry: false })
  if (!found?.isFile() || found.size > LARGEST_FILE) return null
  return { path, size: found.size, changedAt: found.mtimeMs }
}

/** Text of a file below `root`; null where a model has no business with it, or a link leads out. */
export async function readSource(root: string, path: string): Promise<string | null> {
  const place = join(root, path)
  if ((await realpath(place).catch(() => null)) !== place) return null
  await using file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null)
  const bytes = await file?.readFile()
  if (!bytes || bytes.length > LARGEST_FILE || bytes.includes(0)) return null
  const text = bytes.toString('utf8')
  return holdsKey(text) || isGenerated(text) ? null : text
}
