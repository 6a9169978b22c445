import { lstatSync, opendirSync, type Dir, type Stats } from 'node:fs'
import { join } from 'node:path'

/** Entries looked at in one go, some milliseconds: a larger folder is walked through in several. */
const ENTRIES_AT_ONCE = 1_000
const BYTES_PER_BLOCK = 512
/** By so much the time of a file may lie behind the clock. */
const CLOCK_STEP_MS = 20

/** Watches how much is written below some folders from now on. Disposing closes what it has open. */
export function watchDisk(folders: readonly string[]) {
  const since = Date.now() - CLOCK_STEP_MS
  let walk = writtenSince(since, folders)
  let bytes = 0

  return {
    /** Goes on with the walk, and begins it anew after the end. */
    hasMore(limit: number): boolean {
      for (let entries = 0; entries < ENTRIES_AT_ONCE && bytes <= limit; entries += 1) {
        const entry = walk.next()
        if (entry.done) {
          walk = writtenSince(since, folders)
          bytes = 0
          return false
        }
        bytes += entry.value
      }
      return bytes > limit
    },
    [Symbol.dispose]() {
      walk.return(undefined)
    },
  }
}

/**
 * Entry by entry, the space on the disk of what was written since. Synchronous, which is five times cheaper; one folder
 * is open at a time, however deep they are, and no link is followed.
 */
function* writtenSince(since: number, folders: readonly string[]): Generator<number, undefined> {
  const waiting = [...folders]
  const counted = new Set<string>()
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const path of entriesOf(folder)) {
      const found = look(path)
      if (found?.isDirectory()) waiting.push(path)
      yield found && found.ctimeMs >= since && isNew(found, counted) ? found.blocks * BYTES_PER_BLOCK : 0
    }
  }
}

/** A file of several names, or one that is moved while we walk, takes its space once. */
function isNew({ dev, ino }: Stats, counted: Set<string>): boolean {
  const key = `${dev}:${ino}`
  if (counted.has(key)) return false
  counted.add(key)
  return true
}

function* entriesOf(folder: string): Generator<string, undefined> {
  const directory = open(folder)
  if (directory === null) return
  try {
    for (let name = next(directory); name !== null; name = next(directory)) yield join(folder, name)
  } finally {
    directory.closeSync()
  }
}

/** null when it is gone by now, or closed against everybody. */
function open(folder: string): Dir | null {
  try {
    return opendirSync(folder)
  } catch {
    return null
  }
}

/** null at the end, which is also where somebody removes the folder under our hands. */
function next(directory: Dir): string | null {
  try {
    return directory.readSync()?.name ?? null
  } catch {
    return null
  }
}

/** null when it is gone by now. */
function look(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch {
    return null
  }
}
