import { isUnbegun } from './new-project/unbegun.ts'
import { isExistingTest, isForbidden, isGateConfig, isSupplyChain } from './protected.ts'

/** What a path is held against. */
export type PathRules = {
  /** Empty: anything that is not protected. Else only these, and new files in their directories. */
  readonly filesOwned: readonly string[]
  /** Named by the user himself: unlocks tests and configuration, never `.git`, dependencies or secrets. */
  readonly callerOwned: readonly string[]
  /** The user said that the task is about tests. */
  readonly allowTests: boolean
  readonly existing: ReadonlySet<string>
  /** Files that the project's checks run. */
  readonly judges: ReadonlySet<string>
}

export type PathVerdict = { ok: true } | { ok: false; code: string; reason: string }

/** May a model write (or delete) this path? */
export function checkPath(path: string, rules: PathRules): PathVerdict {
  const shape = checkShape(path)
  if (!shape.ok) return shape
  if (isForbidden(path)) return refuse('path_forbidden', path, 'no model may write there')
  const rival = rivalOf(path, rules.existing)
  if (rival !== null) return refuse('path_collision', path, `it collides with ${rival}`)
  if (!owns(path, rules)) {
    return refuse('not_owned', path, `only these may change: ${rules.filesOwned.join(', ')}`)
  }
  if (rules.callerOwned.includes(path)) return ALLOWED
  const isNew = isUnbegun(rules.existing)
  // where there is nothing yet, what git is to leave out is the project's own business
  if (isSupplyChain(path) && !(isNew && path === '.gitignore'))
    return refuse('protected', path, 'dependencies, hooks and automation are off limits')
  // a project that is still to be begun has no gate that could be weakened, and needs its configuration written
  if (!isNew && isGateConfig(path)) {
    return refuse('protected', path, "it configures the project's own checks")
  }
  if (rules.judges.has(path)) return refuse('protected', path, "the project's own checks run it")
  if (rules.existing.has(path) && isExistingTest(path) && !rules.allowTests) {
    return refuse(
      'protected',
      path,
      'existing tests, fixtures and snapshots may not change unless the task allows it; new ones may be added',
    )
  }
  return ALLOWED
}

/** Is this a plain relative path that means the same file on every system? Knows nothing of any project. */
export function checkShape(path: string): PathVerdict {
  if (path === '') return refuse('path_empty', path, 'it is empty')
  if (ODD_CHARACTER.test(path) || !path.isWellFormed()) {
    return refuse('path_control', path, 'it holds control or invisible characters')
  }
  if (path.includes('\\')) return refuse('path_backslash', path, 'paths are written with forward slashes')
  if (/^(?:\/|~|[A-Za-z]:)/.test(path))
    return refuse('path_absolute', path, 'it must be relative to the workspace')
  const segments = path.split('/')
  if (segments.includes('..')) return refuse('path_traversal', path, 'it leads out of the workspace')
  if (segments.some((segment) => segment === '' || segment === '.')) {
    return refuse('path_malformed', path, 'it has an empty part')
  }
  if (isTooLong(path, segments)) return refuse('path_long', `${path.slice(0, 60)}…`, 'it is too long')
  if (path.includes(':'))
    return refuse('path_stream', path, 'a colon names a stream of another file on Windows')
  if (segments.some((segment) => /^ |[ .]$|[<>"|?*]/.test(segment))) {
    return refuse('path_reserved', path, 'Windows would read it as another name')
  }
  if (segments.some((segment) => DEVICE.test(segment) || /~\d+(?:\.|$)/.test(segment))) {
    return refuse('path_reserved', path, 'the name is reserved')
  }
  return ALLOWED
}

/** The name that two spellings share on a disk that ignores case or normalises Unicode. */
export const foldPath = (path: string): string => path.normalize('NFKC').toUpperCase().toLowerCase()

const ALLOWED: PathVerdict = { ok: true }

// control characters, zero-width and bidirectional marks: they make one path look like another
const ODD_CHARACTER = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

/** Devices that old and new versions of Windows find behind these names, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])(?:\..*)?$/i

const LONGEST_PATH = 400
const LONGEST_NAME = 200

function isTooLong(path: string, segments: readonly string[]): boolean {
  const bytes = (text: string): number => new TextEncoder().encode(text).length
  return path.length > LONGEST_PATH || segments.some((segment) => bytes(segment) > LONGEST_NAME)
}

function owns(path: string, { filesOwned, existing }: PathRules): boolean {
  if (filesOwned.length === 0 || filesOwned.includes(path)) return true
  return !existing.has(path) && filesOwned.some((owned) => directoryOf(owned) === directoryOf(path))
}

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** An existing name that this path would meet on some disk: its twin in case or Unicode, a file for a folder. */
function rivalOf(path: string, existing: ReadonlySet<string>): string | null {
  if (existing.has(path)) return null
  const names = namesIn(existing)
  if (names.folders.has(path)) return `the folder ${path}`
  const segments = path.split('/')
  for (let depth = 1; depth <= segments.length; depth += 1) {
    const part = segments.slice(0, depth).join('/')
    if (depth < segments.length && existing.has(part)) return `the file ${part}`
    const twin = names.folded.get(foldPath(part))
    if (twin !== undefined && twin !== part) return twin
  }
  return null
}

type Names = { readonly folders: ReadonlySet<string>; readonly folded: ReadonlyMap<string, string> }

const known = new WeakMap<ReadonlySet<string>, Names & { size: number }>()

/** Folders and folded names of a tree; kept, because every path of every candidate is held against one tree. */
function namesIn(existing: ReadonlySet<string>): Names {
  const before = known.get(existing)
  if (before?.size === existing.size) return before
  const folders = new Set<string>()
  for (const path of existing) {
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end))
  }
  const folded = new Map([...existing, ...folders].map((path) => [foldPath(path), path]))
  const names = { folders, folded, size: existing.size }
  known.set(existing, names)
  return names
}

const refuse = (code: string, path: string, why: string): PathVerdict => ({
  ok: false,
  code,
  reason: `${JSON.stringify(path)} may not be written: ${why}`,
})
