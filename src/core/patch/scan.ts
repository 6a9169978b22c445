import { opensApplyPatch, readApplyPatch } from './apply-patch.ts'
import { refusal } from './edits.ts'
import type { FileEdit, Refusal } from './edits.ts'
import { closesFence, endOfFile, openingFence } from './fences.ts'
import type { Fence } from './fences.ts'
import { isHunkHeader, opensDiff } from './hunk-end.ts'
import { indexFrom } from './line-search.ts'
import { looksLikePath, pathInComment, pathInHeading, pathInInfo } from './path-hints.ts'
import { opensBlock, readBlock } from './search-replace.ts'
import { readDiff } from './unified.ts'
import { isExcerpt } from './path-hints.ts'

export type Format = 'unified diff' | 'search/replace' | 'apply_patch' | 'whole file'

/** A block of code that does not say which file it is. */
export type Unnamed = { readonly language: string; readonly content: string; readonly above: string }

export type Scanned = {
  ok: true
  edits: FileEdit[]
  /** Forms found, in order. */
  formats: Format[]
  unnamed: Unnamed[]
}

/** Everything in a reply that is an edit, found by the marks each form has; one pass, line by line. */
export function scan(text: string): Scanned | Refusal {
  const reader: Reader = {
    lines: text.split('\n'),
    at: 0,
    since: 0,
    fence: null,
    hint: null,
    path: null,
    found: { ok: true, edits: [], formats: [], unnamed: [] },
  }
  while (reader.at < reader.lines.length) {
    const problem = step(reader)
    if (problem) return problem
  }
  return reader.fence ? refusal('truncated', 'the last code block is not closed') : reader.found
}

type Reader = {
  readonly lines: string[]
  at: number
  /** Where the prose begins that may name the next file. */
  since: number
  /** The fence the reader stands in, when edits are read inside it. */
  fence: Fence | null
  /** The file that fence was announced for. */
  hint: string | null
  /** The file of the last edit. */
  path: string | null
  readonly found: Scanned
}

function step(reader: Reader): Refusal | null {
  const { lines, at, fence } = reader
  const line = lines[at]!
  if (fence && closesFence(line, fence)) return leave(reader)
  if (opensApplyPatch(line)) {
    const read = readApplyPatch(lines, at, fence)
    return read.ok ? take(reader, 'apply_patch', read.edits, read.next) : read
  }
  if (opensBlock(line)) {
    const read = readBlock(lines, at, nearestPath(reader))
    return read.ok ? take(reader, 'search/replace', [read.edit], read.next) : read
  }
  if (opensDiff(lines, at) || isHunkHeader(line) || isBareDiff(reader)) {
    const read = readDiff(lines, at, fence, nearestPath(reader))
    return read.ok ? take(reader, 'unified diff', [read.edit], read.next) : read
  }
  const opened = fence ? null : openingFence(line)
  if (opened) return enter(reader, opened)
  reader.at += 1
  return null
}

function take(reader: Reader, format: Format, edits: readonly FileEdit[], next: number): null {
  reader.found.edits.push(...edits)
  reader.found.formats.push(format)
  reader.path = edits.at(-1)?.path ?? reader.path
  reader.at = next
  reader.since = next
  return null
}

/** The path named in the lines above, in front of the fence, or by the edit before. */
function nearestPath(reader: Reader): string | null {
  return pathAbove(reader.lines, reader.since, reader.at) ?? reader.hint ?? reader.path
}

const LINES_ABOVE = 3

function pathAbove(lines: readonly string[], since: number, at: number): string | null {
  let seen = 0
  for (let above = at - 1; above >= since && seen < LINES_ABOVE; above -= 1) {
    if (lines[above]!.trim() === '') continue
    const path = pathInHeading(lines[above]!) ?? (seen === 0 ? pathInComment(lines[above]!) : null)
    if (path !== null) return path
    seen += 1
  }
  return null
}

const DIFF = /^(?:diff|patch|udiff|unified-diff|git-diff)$/i

/** Marked lines in a diff's fence, without any header. */
function isBareDiff({ lines, at, since, fence }: Reader): boolean {
  if (!fence || !DIFF.test(fence.info.split(/\s/)[0]!) || since !== at) return false
  const end = indexFrom(lines, at, (line) => closesFence(line, fence))
  const body = lines.slice(at, end < 0 ? lines.length : end)
  const start = body.findIndex((line) => line.trim() !== '')
  return (
    start === 0 &&
    /^[-+ ]/.test(body[0]!) &&
    !body.some((_, index) => index > 0 && opensDiff(body, index)) &&
    !body.some(isHunkHeader)
  )
}

/** Goes into a fence to read edits there, or takes it as a file or as code without a name. */
function enter(reader: Reader, opened: Fence): Refusal | null {
  const { lines, at, since } = reader
  const above = pathAbove(lines, since, at)
  if (opened.indent !== '') dedent(lines, at, opened)
  const fence = { ...opened, indent: '' }
  const [first = ''] = fence.info.split(/\s/)
  const language = looksLikePath(first) ? '' : first
  const named = pathInInfo(fence.info)
  if (DIFF.test(language) || holdsEdits(lines, at + 1, fence)) {
    Object.assign(reader, { fence, hint: named ?? above, at: at + 1, since: at + 1 })
    return null
  }
  const comment = pathInComment(lines[at + 1] ?? '')
  const path =
    named ?? (isOutput(language, above) ? null : above) ?? (isDocument(language, '') ? null : comment)
  if (path === null || (isExcerpt(fence.info) && named === null)) return passBy(reader, fence, language)
  if (isExcerpt(fence.info))
    return refusal('bad_block', `${path} is shown in part; send the whole file, or a patch`)

  const end = endOfFile(lines, at, fence, isDocument(language, path))
  if (end.kind === 'unclosed') return refusal('truncated', `the code block for ${path} is not closed`)
  if (end.kind === 'unclear') {
    return refusal(
      'fence_clash',
      `where the code block for ${path} ends is unclear; put four backticks around it`,
    )
  }
  const body = lines.slice(at + 1, end.line)
  const label = comment !== null && comment === path ? body[0]! : null
  const content = body.map((line) => `${line}\n`).join('')
  return take(
    reader,
    'whole file',
    [{ kind: 'whole', path, content, label, besidePatch: false }],
    end.line + 1,
  )
}

/** Removes the indentation of a fence in a list from everything in it. */
function dedent(lines: string[], open: number, { indent, ...fence }: Fence): void {
  const end = indexFrom(
    lines,
    open + 1,
    (line) => line.startsWith(indent) && closesFence(line.slice(indent.length), { ...fence, indent: '' }),
  )
  for (let at = open; at <= (end < 0 ? lines.length - 1 : end); at += 1) {
    const line = lines[at]!
    lines[at] = line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()
  }
}

/** Do the first lines of a fence show that edits are in it, and not a file? */
function holdsEdits(lines: readonly string[], from: number, fence: Fence): boolean {
  let seen = 0
  for (let at = from; at < lines.length && seen < 4; at += 1) {
    const line = lines[at]!
    if (closesFence(line, fence)) return false
    if (line.trim() === '') continue
    if (opensBlock(line) || opensApplyPatch(line) || opensDiff(lines, at) || isHunkHeader(line)) return true
    if (pathInHeading(line) === null && pathInComment(line) === null) return false
    seen += 1
  }
  return false
}

function passBy(reader: Reader, fence: Fence, language: string): Refusal | null {
  const { lines, at, since } = reader
  const end = indexFrom(lines, at + 1, (line) => closesFence(line, fence))
  if (end < 0) return refusal('truncated', 'the last code block is not closed')
  const above = lines.slice(Math.max(since, at - 3), at).join('\n')
  reader.found.unnamed.push({ language, content: lines.slice(at + 1, end).join('\n'), above })
  reader.at = end + 1
  reader.since = end + 1
  return null
}

/** Behind the fence of a diff nothing may follow that still looks like it: then its end was that of an inner block. */
function leave(reader: Reader): Refusal | null {
  const { lines, at, found } = reader
  if (found.formats.at(-1) === 'unified diff' && goesOn(lines, at + 1)) {
    return refusal('fence_clash', 'the diff goes on behind its code block; put four backticks around it')
  }
  Object.assign(reader, { fence: null, hint: null, at: at + 1, since: at + 1 })
  return null
}

const FAR = 200

function goesOn(lines: readonly string[], from: number): boolean {
  if (/^ +\S/.test(lines[from] ?? '')) return true
  for (let at = from; at < Math.min(lines.length, from + FAR); at += 1) {
    const line = lines[at]!
    if (opensBlock(line) || opensApplyPatch(line) || opensDiff(lines, at) || openingFence(line)?.info)
      return false
    // a list may begin with the same signs, but then a blank follows
    if (/^\+(?! \S)|^-[^ -]/.test(line) || isHunkHeader(line)) return true
  }
  return false
}

const OUTPUT =
  /^(?:bash|sh|shell|zsh|fish|console|terminal|shellsession|powershell|cmd|bat|text|txt|plaintext|output|log)$/i

/** Commands to run and what they print, unless the file is of that kind. */
export const isOutput = (language: string, path: string | null): boolean =>
  OUTPUT.test(language) && !/\.(?:sh|bash|zsh|fish|ps1|cmd|bat|txt|log)$|(?:^|\/)[^./]+$/i.test(path ?? '')

const isDocument = (language: string, path: string): boolean =>
  /^(?:md|mdx|markdown)$/i.test(language) || /\.(?:md|mdx|markdown|mdc)$/i.test(path)
