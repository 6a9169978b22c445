import { linesOf, refusal } from './edits.ts'
import type { FileEdit, Hunk, Refusal } from './edits.ts'
import { closesFence } from './fences.ts'
import type { Fence } from './fences.ts'
import { endOfHunk, isHunkHeader, opensDiff } from './hunk-end.ts'
import { makeHunk, readHeader } from './hunk-lines.ts'
import { asContent } from './text-file.ts'

/** Reads that part. Without a header of its own it is for `hint`. */
export function readDiff(
  lines: readonly string[],
  start: number,
  fence: Fence | null,
  hint: string | null,
): { ok: true; edit: FileEdit; next: number } | Refusal {
  const header = readFileHeader(lines, start)
  if (!header.ok) return header
  const named = nameOf(header)
  if (!named.ok) return named
  const path = named.path ?? hint
  if (path === null)
    return refusal('no_path', 'a diff does not say which file it is for: begin it with --- and +++ lines')
  const { hunks, next } = readHunks(lines, header.next, fence)
  const edit = editOf(path, header, hunks)
  return edit.ok ? { ok: true, edit: edit.edit, next } : edit
}

type FileHeader = {
  readonly next: number
  readonly before: string | undefined
  readonly after: string | undefined
  readonly git: string | undefined
  readonly isNew: boolean
  readonly isDeleted: boolean
  readonly to: string | undefined
}

/** Everything above the first hunk. File modes other than a plain file's are refused: links, submodules, scripts. */
function readFileHeader(lines: readonly string[], start: number): ({ ok: true } & FileHeader) | Refusal {
  let [before, after, git, to]: (string | undefined)[] = []
  let isNew = false
  let isDeleted = false
  let next = start
  for (; next < lines.length; next += 1) {
    const line = lines[next]!
    const [, word, value = ''] = HEADER.exec(line) ?? []
    if (word === undefined) {
      if (line.trim() !== '' || !leadsOn(lines, next)) break
      continue
    }
    if (word === 'diff --git ') {
      if (next > start) break
      git = value
    } else if (word === '--- ') {
      if (before !== undefined) break
      before = value
    } else if (word === '+++ ') {
      if (after !== undefined) break
      after = value
    } else if (word.startsWith('rename to')) to = value
    else if (/^(?:old|new) mode/.test(word)) return refusal('mode', 'a patch may not change file modes')
    else if (/^(?:new|deleted) file mode/.test(word)) {
      if (value.trim() !== '100644' && word.startsWith('new')) {
        return refusal(
          'mode',
          `a patch may not make files of mode ${value}: no links, submodules or executables`,
        )
      }
      if (word.startsWith('new')) isNew = true
      else isDeleted = true
    } else if (/^(?:GIT|Binary)/.test(word)) return refusal('binary', 'a patch may not hold binary data')
    else if (word.startsWith('copy'))
      return refusal('bad_block', 'a patch may not copy files; write the new file out')
  }
  return { ok: true, next, before, after, git, isNew, isDeleted, to }
}

const HEADER =
  /^(diff --git |--- |\+\+\+ |index |Index: |={10,}|similarity index |dissimilarity index |rename from |rename to |copy (?:from|to) |old mode |new mode |new file mode |deleted file mode |GIT binary patch|Binary files )(.*)$/

/** Is this blank line between two lines of one header? */
function leadsOn(lines: readonly string[], at: number): boolean {
  const next = lines.slice(at, at + 4).find((line) => line.trim() !== '')
  return next !== undefined && (isHunkHeader(next) || (HEADER.test(next) && !next.startsWith('diff --git ')))
}

/** The one file a header is about; null when it names none. */
function nameOf({ before, after, git, to }: FileHeader): { ok: true; path: string | null } | Refusal {
  const [left, right] =
    before === undefined && after === undefined ? namesIn(git) : [before, after].map(cleanName)
  if (left === undefined || right === undefined || isNull(left) || isNull(right)) {
    const only = [right, left].find((name) => name !== undefined && !isNull(name))
    return { ok: true, path: only === undefined ? null : only.replace(/^[ab]\//, '') }
  }
  if (to !== undefined) return { ok: true, path: unprefixed(left) }
  if (left === right) return { ok: true, path: left }
  const path = COMMON.map((plain) => [plain(left), plain(right)]).find(([one, other]) => one === other)?.[0]
  if (path !== undefined) return { ok: true, path }
  return refusal('bad_block', `a diff is for two files at once, ${left} and ${right}`)
}

const unprefixed = (name: string): string => name.replace(/^[abciow]\//, '')

/** Ways in which two names of one file differ. */
const COMMON: readonly ((name: string) => string)[] = [
  unprefixed,
  (name) => unprefixed(name).replace(/\.(?:orig|old|bak|new)$/, ''),
  (name) => name.replace(/^(?:a|b|old|new|original|updated|before|after)\//, ''),
]

const isNull = (name: string): boolean => name === '/dev/null' || name === 'dev/null'

/** A name without quotes and without the time that diff tools put behind it. */
function cleanName(name: string | undefined): string | undefined {
  return name
    ?.replace(/\t.*$/, '')
    .replace(/\s+(?:\d{4}-\d\d-\d\d.*|\((?:new|original|updated|modified|revision|working copy).*\))$/, '')
    .trim()
    .replace(/^["'`*]+|["'`*]+$/g, '')
    .replace(/^\.\//, '')
}

function namesIn(git: string | undefined): (string | undefined)[] {
  if (git === undefined) return []
  const middle = / (?=b\/)/.exec(git)?.index ?? git.indexOf(' ')
  return middle < 0 ? [cleanName(git)] : [cleanName(git.slice(0, middle)), cleanName(git.slice(middle + 1))]
}

/** Hunks one after the other; lines without any header above them are one too. */
function readHunks(
  lines: readonly string[],
  start: number,
  fence: Fence | null,
): { hunks: Hunk[]; next: number } {
  const hunks: Hunk[] = []
  let at = start
  for (;;) {
    const header = readHeader(lines[at] ?? '')
    const begins = header !== null || (at === start && isBody(lines[at]) && !opensDiff(lines, at))
    if (!begins) return { hunks, next: at }
    if (header) at += 1
    const end = endOfHunk(lines, at, fence, header?.promised ?? null)
    const hunk = makeHunk(header ? [header] : [], lines.slice(at, end))
    const openEnded = fence === null && end >= lines.length
    if (hunk.lines.length > 0) hunks.push({ ...hunk, openEnded })
    if (end === start) return { hunks, next: at }
    at = end
    while (lines[at]?.trim() === '' && leadsOn(lines, at)) at += 1
    if (fence && closesFence(lines[at] ?? '', fence)) return { hunks, next: at }
  }
}

const isBody = (line: string | undefined): boolean => line !== undefined && /^[-+ ]/.test(line)

function editOf(
  path: string,
  header: FileHeader,
  hunks: readonly Hunk[],
): { ok: true; edit: FileEdit } | Refusal {
  const isDeleted = header.isDeleted || isNull(cleanName(header.after) ?? '')
  const isNew = header.isNew || isNull(cleanName(header.before) ?? '')
  if (header.to !== undefined) {
    return { ok: true, edit: { kind: 'move', path, to: unprefixed(cleanName(header.to)!), hunks } }
  }
  if (isDeleted) {
    const removed = hunks.flatMap((hunk) => linesOf(hunk, '-').map(({ text }) => text))
    return { ok: true, edit: { kind: 'delete', path, lines: hunks.length > 0 ? removed : null } }
  }
  if (isNew) return newFile(path, hunks)
  if (hunks.length === 0) return refusal('bad_block', `the diff for ${path} holds no change`)
  return { ok: true, edit: { kind: 'hunks', path, hunks, order: 'numbered', escaped: false } }
}

/** A new file has only additions; a model that marks none of them means them all. */
function newFile(path: string, hunks: readonly Hunk[]): { ok: true; edit: FileEdit } | Refusal {
  if (hunks.length > 1) return refusal('bad_block', `the new file ${path} comes in ${hunks.length} pieces`)
  const lines = hunks[0]?.lines ?? []
  const added = lines.filter(({ mark }) => mark === '+')
  const filled = lines.filter(({ text }) => text.trim() !== '')
  if (added.length > 0 && filled.some(({ mark }) => mark !== '+')) {
    return refusal('bad_block', `every line of the new file ${path} must begin with +`)
  }
  const content = asContent(lines.map(({ mark, text, raw }) => (mark === '+' ? text : raw)))
  const open = hunks[0]?.finalNewline === 'removed'
  return { ok: true, edit: { kind: 'create', path, content: open ? content.slice(0, -1) : content } }
}
