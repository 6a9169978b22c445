import { checkShape, foldPath } from '../paths.ts'
import type { FileChange } from '../task.ts'
import { applyToFile } from './apply-file.ts'
import { linesOf, refusal } from './edits.ts'
import type { FileEdit, Refusal } from './edits.ts'
import { fullBudget } from './target.ts'
import { candidatesFor, existingPath, wholePath } from './resolve.ts'
import { asContent } from './text-file.ts'

/** A tree as the applier sees it. */
export type TreeView = {
  /** Every regular file. */
  readonly paths: ReadonlySet<string>
  /** Text of a file; undefined when it is absent or no text. */
  read(path: string): string | undefined
}

export type Application =
  /** `notes` tell where something had to be guessed. */
  | { ok: true; changes: FileChange[]; notes: string[] }
  | { ok: false; code: string; reason: string; path: string | null }

/** The files an application may have to read. */
export const neededPaths = (edits: readonly FileEdit[], paths: ReadonlySet<string>): string[] => [
  ...new Set(edits.flatMap(({ path }) => candidatesFor(path, paths))),
]

/** What becomes of the tree's files. All edits fit, each in one place, or nothing is changed. */
export function applyEdits(edits: readonly FileEdit[], tree: TreeView): Application {
  const byPath = groupByFile(edits, tree)
  if (!byPath.ok) return byPath
  const budget = fullBudget()
  const changes = new Map<string, string | null>()
  const notes: string[] = []
  for (const [path, group] of byPath.groups) {
    const exists = tree.paths.has(path)
    const before = exists ? tree.read(path) : undefined
    if (exists && before === undefined) return fail(refusal('binary', `${path} is no text file`), path)
    const applied = applyToFile(path, group, before, budget)
    if (!applied.ok) return fail(applied, path)
    notes.push(...applied.notes.map((note) => `${path}: ${note}`))
    for (const change of applied.changes) {
      if (change.content === (tree.paths.has(change.path) ? tree.read(change.path) : undefined)) continue
      const refused = changes.has(change.path)
        ? refusal('overlap', `two edits write ${change.path}`)
        : checkChange(change, tree, before)
      if (refused) return fail(refused, change.path)
      changes.set(change.path, change.content)
    }
  }
  if (changes.size === 0) return fail(refusal('noop', 'the patch changes nothing'), null)
  const clash = clashIn(changes, tree.paths)
  if (clash) return fail(refusal('path_collision', clash.reason), clash.path)
  return { ok: true, changes: [...changes].map(([path, content]) => ({ path, content })), notes }
}

const fail = ({ code, reason }: Refusal, path: string | null): Application => ({
  ok: false,
  code,
  reason,
  path,
})

/** Edits by the file they are meant for. */
function groupByFile(
  edits: readonly FileEdit[],
  tree: TreeView,
): { ok: true; groups: Map<string, FileEdit[]> } | Extract<Application, { ok: false }> {
  const groups = new Map<string, FileEdit[]>()
  for (const edit of edits) {
    const shape = checkShape(edit.path)
    if (!shape.ok) return { ...shape, path: edit.path }
    const meant = settleNew(edit, tree)
    const found = fileOf(meant, tree)
    if (!found.ok) return { ...found, path: edit.path }
    groups.set(found.path, [...(groups.get(found.path) ?? []), meant])
  }
  return { ok: true, groups }
}

/** Additions alone to a file that is not there make it. */
function settleNew(edit: FileEdit, tree: TreeView): FileEdit {
  if (edit.kind === 'text' && edit.search === '') {
    return { kind: 'create', path: edit.path, content: edit.replace }
  }
  if (edit.kind !== 'hunks' || edit.hunks.length !== 1 || candidatesFor(edit.path, tree.paths).length > 0)
    return edit
  const [hunk] = edit.hunks
  const added = linesOf(hunk!, '+').map(({ text }) => text)
  if (added.length < hunk!.lines.length) return edit
  return { kind: 'create', path: edit.path, content: asContent(added) }
}

function fileOf(edit: FileEdit, tree: TreeView): { ok: true; path: string } | Refusal {
  switch (edit.kind) {
    case 'create':
      return { ok: true, path: edit.path }
    case 'whole':
      return wholePath(edit, tree.paths, (path) => tree.read(path))
    case 'hunks':
    case 'text':
    case 'delete':
    case 'move':
      return existingPath(edit.path, tree.paths)
    default:
      return edit satisfies never
  }
}

const LARGEST = 400_000

function checkChange(
  { path, content }: FileChange,
  tree: TreeView,
  before: string | undefined,
): Refusal | null {
  const shape = checkShape(path)
  if (!shape.ok) return shape
  if (content === null) return null
  if (content.includes('\0') || !content.isWellFormed())
    return refusal('binary', `${path} would hold binary data`)
  if (content.length > LARGEST && content.length > (before?.length ?? 0)) {
    return refusal('too_big', `${path} would have ${content.length} characters`)
  }
  return null
}

/** Two new names that some disks hold for one, or a file where another path needs a folder. */
function clashIn(
  changes: ReadonlyMap<string, string | null>,
  paths: ReadonlySet<string>,
): { path: string; reason: string } | null {
  const written = [...changes].flatMap(([path, content]) => (content === null ? [] : [path]))
  const folded = new Map<string, string>()
  for (const path of written) {
    const twin = folded.get(foldPath(path))
    if (twin !== undefined) return { path, reason: `${path} and ${twin} are one file on some disks` }
    folded.set(foldPath(path), path)
  }
  for (const path of written) {
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end)
      const isFile = written.includes(folder) || (paths.has(folder) && changes.get(folder) !== null)
      if (isFile) return { path, reason: `${folder} is a file, so ${path} cannot be` }
    }
  }
  return null
}
