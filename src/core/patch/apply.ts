import type { FileChange } from '../task.ts'
import { unescapeHtml } from '../reply.ts'
import { refuse, type FileEdit, type Hunk } from './edit.ts'
import { reindenter } from './indent.ts'
import { omissionIn } from './lazy.ts'
import { locate, oldLines, type Place } from './locate.ts'

/** A tree as far as a patch needs it. */
export type TreeView = {
  readonly paths: ReadonlySet<string>
  /** Text of a regular file; undefined when it is absent or no text. */
  read(path: string): string | undefined
}

export type Application =
  | { readonly ok: true; readonly changes: FileChange[]; readonly notes: string[] }
  | { readonly ok: false; readonly code: string; readonly reason: string; readonly path: string | null }

type Refusal = { readonly ok: false; readonly code: string; readonly reason: string }
type Edited = { readonly ok: true; readonly content: string | null; readonly notes: string[] } | Refusal

const LARGEST_FILE = 400_000
/** A whole file that is this much shorter than what it replaces has lost something. */
const LEAST_SHARE = 0.4

/** Applies all edits or none. Only what the model changed is changed; everything else keeps the file's own bytes. */
export function applyEdits(edits: readonly FileEdit[], tree: TreeView): Application {
  const changes: FileChange[] = []
  const notes: string[] = []
  for (const edit of edits) {
    const path = existingPath(edit, tree.paths)
    if (changes.some((change) => change.path === path)) {
      return { ...refuse('bad_block', `${path} is changed in two ways at once`), path }
    }
    const before = tree.read(path)
    if (before === undefined && tree.paths.has(path))
      return { ...refuse('binary', `${path} is no text file`), path }
    const edited = editFile({ ...edit, path }, before)
    if (!edited.ok) return { ...edited, reason: `${path}: ${edited.reason}`, path }
    if ((edited.content?.length ?? 0) > LARGEST_FILE)
      return { ...refuse('too_big', `${path} would be too large`), path }
    notes.push(...edited.notes.map((note) => `${path}: ${note}`))
    if (edited.content !== (before ?? null)) changes.push({ path, content: edited.content })
  }
  if (changes.length === 0) return { ...refuse('noop', 'the patch changes nothing'), path: null }
  return { ok: true, changes, notes }
}

/** Paths whose content `applyEdits` will ask for. */
export const neededPaths = (edits: readonly FileEdit[], paths: ReadonlySet<string>): string[] => [
  ...new Set(edits.map((edit) => existingPath(edit, paths)).filter((path) => paths.has(path))),
]

/** The file an edit means: its path, or the only file whose path ends like it. */
function existingPath(edit: FileEdit, paths: ReadonlySet<string>): string {
  const { path } = edit
  if (paths.has(path) || edit.kind === 'whole' || isNewFile(edit)) return path
  const alike = [...paths].filter((other) => other.endsWith(`/${path}`) || path.endsWith(`/${other}`))
  return alike.length === 1 ? alike[0]! : path
}

const isNewFile = (edit: FileEdit): boolean =>
  edit.kind === 'hunks' &&
  edit.hunks.every(({ lines }) => lines.every(({ kind, text }) => kind === 'add' || text.trim() === ''))

function editFile(edit: FileEdit, before: string | undefined): Edited {
  switch (edit.kind) {
    case 'delete':
      return before === undefined
        ? refuse('unknown_file', 'it does not exist')
        : { ok: true, content: null, notes: [] }
    case 'whole':
      return replaceFile(edit, before)
    case 'hunks':
      return before === undefined || before === '' ? createFile(edit) : changeFile(edit, before)
    default:
      return edit satisfies never
  }
}

function replaceFile(
  { path, content }: Extract<FileEdit, { kind: 'whole' }>,
  before: string | undefined,
): Edited {
  const known = new Set((before ?? '').split(/\r?\n/).map((line) => line.trim()))
  const omission = omissionIn(content.split('\n'), path, known)
  if (omission !== null) return refuse('lazy', `the file leaves code out: ${omission.trim()}`)
  if (before === undefined) return { ok: true, content, notes: [] }
  if (content.length < before.length * LEAST_SHARE && before.length > 200) {
    return refuse('shrunk', 'the new file is much shorter than the old one: change it by a patch instead')
  }
  const endsBare = before !== '' && !before.endsWith('\n')
  const text = endsBare ? content.replace(/\n$/, '') : content
  return { ok: true, content: bom(before) + withEnds(text.replace(/^\uFEFF/, ''), before), notes: [] }
}

function createFile({ path, hunks }: Extract<FileEdit, { kind: 'hunks' }>): Edited {
  const lines = hunks.flatMap((hunk) => hunk.lines)
  if (lines.some(({ kind, text }) => kind === 'remove' || (kind === 'keep' && text.trim() !== ''))) {
    return refuse('unknown_file', 'the patch expects lines in it, but there is no such file')
  }
  if (lines.length === 0) return refuse('noop', 'nothing is added')
  const added = lines.map(({ text }) => text)
  const omission = omissionIn(added, path, new Set())
  if (omission !== null) return refuse('lazy', `the file leaves code out: ${omission.trim()}`)
  return { ok: true, content: `${added.join('\n').replace(/\n+$/, '')}\n`, notes: [] }
}

function changeFile(edit: Extract<FileEdit, { kind: 'hunks' }>, before: string): Edited {
  const straight = changeLines(edit, before)
  if (straight.ok || straight.code !== 'no_match') return straight
  const escaped = edit.hunks.some(({ lines }) =>
    lines.some(({ text }) => /&(?:lt|gt|quot|amp|#39);/.test(text)),
  )
  if (!escaped) return straight
  const hunks = edit.hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map(({ kind, text }) => ({ kind, text: unescapeHtml(text) })),
  }))
  const unescaped = changeLines({ ...edit, hunks }, before)
  return unescaped.ok ? { ...unescaped, notes: [...unescaped.notes, 'HTML escapes undone'] } : straight
}

function changeLines({ path, hunks }: Extract<FileEdit, { kind: 'hunks' }>, before: string): Edited {
  const body = before.slice(bom(before).length)
  const endsBare = !body.endsWith('\n')
  const file = body.split(/\r?\n/)
  if (!endsBare) file.pop()
  const known = new Set(file.map((line) => line.trim()))
  const changing = hunks.filter(({ lines }) => lines.some(({ kind }) => kind !== 'keep'))
  if (changing.length === 0) return refuse('noop', 'the edit changes no line')

  const placed = placeAll(changing, file)
  if (!placed.ok) return placed
  const ends = lineEnds(body)
  const result = file.map((text, at) => ({ text, end: ends[at] ?? commonEnd(body) }))
  for (const place of placed.places.toSorted((one, other) => other.start - one.start)) {
    const added = place.lines.filter(({ kind }) => kind === 'add').map(({ text }) => text)
    const omission = omissionIn(added, path, known)
    if (omission !== null) return refuse('lazy', `an added line leaves code out: ${omission.trim()}`)
    splice(result, place, file, commonEnd(body))
  }
  const text = result.map(({ text, end }) => text + end).join('')
  const content = endsBare ? text.replace(/\r?\n$/, '') : text
  return { ok: true, content: bom(before) + content, notes: placed.places.flatMap(({ note }) => note ?? []) }
}

/** Every hunk's place in the file as it was; two that overlap are refused. */
function placeAll(hunks: readonly Hunk[], file: readonly string[]): { ok: true; places: Place[] } | Refusal {
  const places: Place[] = []
  for (const hunk of hunks) {
    const located = locate(hunk, file)
    if (!located.ok) return located
    places.push(located.place)
  }
  const sorted = places.toSorted((one, other) => one.start - other.start)
  const overlap = sorted.some((place, at) => at > 0 && place.start < changedEnd(sorted[at - 1]!))
  return overlap ? refuse('overlap', 'two edits change the same lines') : { ok: true, places }
}

/** The line behind the last one a hunk changes; context behind that may be shared with the next hunk. */
function changedEnd({ start, lines }: Place): number {
  const last = lines.findLastIndex(({ kind }) => kind !== 'keep')
  return start + lines.slice(0, last + 1).filter(({ kind }) => kind !== 'add').length
}

type FileLine = { text: string; end: string }

/**
 * Takes out and puts in; lines that stay keep the file's own text, whatever the hunk says they are. Context at the ends
 * is left alone, because the next hunk may share it.
 */
function splice(result: FileLine[], { start, lines }: Place, file: readonly string[], end: string): void {
  const reindent = reindenter(lines, file.slice(start, start + oldLines(lines).length))
  const first = lines.findIndex(({ kind }) => kind !== 'keep')
  const last = lines.findLastIndex(({ kind }) => kind !== 'keep')
  const changing = lines.slice(first, last + 1)
  const made: FileLine[] = []
  let at = start + first
  for (const { kind, text } of changing) {
    if (kind === 'add') made.push({ text: reindent(text), end })
    else {
      if (kind === 'keep') made.push(result[at]!)
      at += 1
    }
  }
  result.splice(start + first, oldLines(changing).length, ...made)
}

const bom = (text: string): string => (text.startsWith('\uFEFF') ? '\uFEFF' : '')
const lineEnds = (text: string): string[] => text.match(/\r?\n/g) ?? []
/** The line end most lines have. */
function commonEnd(text: string): string {
  const ends = lineEnds(text)
  return ends.filter((end) => end === '\r\n').length * 2 > ends.length ? '\r\n' : '\n'
}
const withEnds = (text: string, like: string): string =>
  commonEnd(like) === '\r\n' ? text.replaceAll(/\r?\n/g, '\r\n') : text
