import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
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
export function readSource(root: string, path: string): string | null {
  const bytes = readBytes(join(root, path))
  if (!bytes || bytes.includes(0)) return null
  const text = bytes.toString('utf8')
  return holdsKey(text) || isGenerated(text) ? null : text
}

/** One by one for the same reason: that is seven times as quick as many side by side. */
function readBytes(place: string): Buffer | null {
  let file: number | null = null
  try {
    if (realpathSync.native(place) !== place) return null
    file = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    return fstatSync(file).size > LARGEST_FILE ? null : readFileSync(file)
  } catch {
    // it went while it was looked for, or may not be read
    return null
  } finally {
    if (file !== null) closeSync(file)
  }
}
