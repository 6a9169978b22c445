import { refusal } from './edits.ts'
import type { FileEdit, Refusal } from './edits.ts'
import { findLazy } from './lazy.ts'
import { hasEntity, isTypographic, plainPunctuation, typographicSigns, unescapeHtml } from './likeness.ts'
import { lineDiff } from './line-diff.ts'
import { putTogether, takeApart } from './text-file.ts'
import type { Piece, TextFile } from './text-file.ts'

type Whole = Extract<FileEdit, { kind: 'whole' }>

/** A new version of a file, with line ends, byte order mark and blanks at line ends as the file has them. */
export function replaceWhole(
  path: string,
  edit: Whole,
  before: string | undefined,
): { ok: true; content: string } | Refusal {
  const file = takeApart(before ?? '')
  const written = takeApart(unescapedLike(edit.content, before))
  const labelled = edit.label !== null && file.lines[0] !== edit.label
  const lines = plainLike(labelled ? written.lines.slice(1) : written.lines, file)
  if (before === undefined) {
    const lazy = findLazy(path, lines, NOTHING)
    return lazy === null ? { ok: true, content: asNew(lines) } : leftOut(path, lazy)
  }
  const lazy = findLazy(path, lines, new Set(file.lines.map((line) => line.trim())))
  if (lazy !== null) return leftOut(path, lazy)
  if (file.lines.length >= SHORT && lines.length < file.lines.length * LEAST_SHARE) {
    const reason = `${path} has ${file.lines.length} lines and the new version only ${lines.length}; send the whole file, or a patch`
    return refusal('shrunk', reason)
  }
  return { ok: true, content: putTogether(file, merge(file, lines), null) }
}

const NOTHING: ReadonlySet<string> = new Set()
const SHORT = 10
const LEAST_SHARE = 0.4

export const leftOut = (path: string, line: string): Refusal =>
  refusal(
    'lazy',
    `${path}: ${JSON.stringify(line)} stands for code that was left out; write it out, or send a patch`,
  )

const asNew = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** Lines that differ only in blanks at their end stay as they were, unless nothing else changes. */
function merge(file: TextFile, lines: readonly string[]): Piece[] {
  const diff = lineDiff(file.lines, lines, (line) => line.trimEnd())
  const fresh = lines.map((text) => ({ text, end: null }))
  if (!diff.some(({ mark }) => mark !== ' ')) return fresh
  const pieces: Piece[] = []
  let at = 0
  for (const { mark, text } of diff) {
    if (mark !== '-') pieces.push({ text, end: mark === ' ' ? file.ends[at]! : null })
    if (mark !== '+') at += 1
  }
  return pieces
}

/** A prettified version of a file, when lines that stayed the same but for their quotes prove it. */
function plainLike(lines: readonly string[], file: TextFile): readonly string[] {
  const known = new Set(file.lines.map((line) => line.trim()))
  const own = typographicSigns(file.lines)
  const isOdd = (line: string): boolean => isTypographic(line) && !known.has(line.trim())
  const proven = lines.some((line) => isOdd(line) && known.has(plainPunctuation(line).trim()))
  return proven ? lines.map((line) => (isOdd(line) ? plainPunctuation(line, own) : line)) : lines
}

/** A file that came as HTML text, when the version there is proves it. */
function unescapedLike(content: string, before: string | undefined): string {
  if (before === undefined || !hasEntity(content) || /[<>]/.test(content)) return content
  const known = new Set(takeApart(before).lines.map((line) => line.trim()))
  const escaped = takeApart(content).lines.filter(hasEntity)
  const asIs = escaped.filter((line) => known.has(line.trim())).length
  const undone = escaped.filter((line) => known.has(unescapeHtml(line).trim())).length
  return undone > asIs ? unescapeHtml(content) : content
}
