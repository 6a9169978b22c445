import { foldPath } from './paths.ts'

/** The file that a path means which names none as it stands; null where that is not clear. */
export type MeantPath = (path: string) => string | null

/**
 * Finds out which file of a tree is meant by a path that somebody wrote from memory: under another case, from another
 * folder, or with a folder misspelt. A path to a new file in a folder that is there means itself.
 */
export function meantAmong(existing: ReadonlySet<string>): MeantPath {
  const paths = [...existing]
  const folded = Map.groupBy(paths, foldPath)
  const named = Map.groupBy(paths, (path) => foldPath(nameOf(path)))
  const folders = new Set(paths.flatMap(foldersOf))
  const foldedFolders = Map.groupBy(folders, foldPath)

  return (path) => {
    if (existing.has(path) || path.length > LONGEST || !/[^/]$/.test(path)) return null
    const twin = only(folded.get(foldPath(path)))
    if (twin !== null) return twin
    const folder = folderOf(path)
    if (folder !== '' && folders.has(folder)) return null
    const near = (named.get(foldPath(nameOf(path))) ?? []).filter((other) => isNear(path, other))
    return only(near) ?? inTwinFolder(path)
  }

  /** A new file, in a folder that is called a little otherwise. */
  function inTwinFolder(path: string): string | null {
    const twin = only(foldedFolders.get(foldPath(folderOf(path))))
    return twin === null ? null : `${twin}/${nameOf(path)}`
  }
}

/** A longer path was written by no memory. */
const LONGEST = 300

/** Could somebody have meant the other path? A name alone says so only where it is not one that every folder has. */
function isNear(path: string, other: string): boolean {
  const [one, real] = [foldPath(path), foldPath(other)]
  if (!one.includes('/')) return !COMMON.test(one)
  if (real.endsWith(`/${one}`)) return true
  // a file at the top may be called like one in any new folder
  if (!real.includes('/')) return false
  return one.endsWith(`/${real}`) || isFewLettersOff(folderOf(one), folderOf(real))
}

const COMMON =
  /^(?:index|main|mod|lib|app|types?|utils?|helpers?|constants?|config|__init__|__main__|conftest|setup|readme|changelog|contributing|license|package|tsconfig|makefile|dockerfile)(?:\.|$)/

/** Letters that are wrong, missing, too many, or two that changed places: at most two, and one in a short name. */
function isFewLettersOff(one: string, other: string): boolean {
  const most = Math.min(one.length, other.length) < 6 ? 1 : 2
  if (Math.abs(one.length - other.length) > most) return false
  return distance(one, other) <= most
}

/** How many letters apart two texts are, where a pair that changed places counts once. */
function distance(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row]
    for (let at = 1; at <= other.length; at += 1) {
      const isSame = one[row - 1] === other[at - 1]
      const swapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1]
      const best = Math.min(last[at]! + 1, next[at - 1]! + 1, last[at - 1]! + (isSame ? 0 : 1))
      next.push(swapped ? Math.min(best, beforeLast[at - 2]! + 1) : best)
    }
    beforeLast = last
    last = next
  }
  return last.at(-1)!
}

const only = (paths: readonly string[] | undefined): string | null => (paths?.length === 1 ? paths[0]! : null)

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

function foldersOf(path: string): string[] {
  const folders: string[] = []
  for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
    folders.push(path.slice(0, end))
  return folders
}
