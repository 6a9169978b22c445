import type { HunkLine } from '../patch/edits.ts'
import { lineDiff } from '../patch/line-diff.ts'

/** A place of a file that changes: its lines with their ends, and as much around them as makes the place the only one. */
export type Piece = { readonly lines: readonly HunkLine[] }

/** Old text that stands in the file once, and what takes its place. */
export type Replacement = { readonly before: string; readonly after: string }

/** Larger files are handed over as text: each piece is searched for in the whole of the file. */
const LARGEST = 400_000
/** Changes with no more unchanged lines between them are one. */
const NEAR = 6

/**
 * The pieces of a change, from top to bottom. Each old text stands once in the file as it was, and once in the file as it
 * is when the pieces above are done: tools differ in which of the two they look at. Null where that cannot be.
 */
export function piecesOf(before: string, after: string): Piece[] | null {
  if (before.length > LARGEST || after.length > LARGEST || before === after) return null
  // some tools hide a byte order mark from their user, so it stays out of every piece
  if (before.startsWith(MARK) !== after.startsWith(MARK)) return null
  // some read and write a file with one kind of line end, its own
  if (endOf(before) !== endOf(after) || endOf(before) === 'mixed') return null
  const lines = lineDiff(linesOf(before), linesOf(after))
  let spans = joined(changesIn(lines), NEAR)
  for (;;) {
    const grown = growAll(lines, spans)
    if (grown === null) return null
    const apart = joined(grown, -1)
    if (apart.length === grown.length) return grown.map(({ from, to }) => ({ lines: lines.slice(from, to) }))
    spans = apart
  }
}

/** What one piece replaces. The end of the last line stays out of it where it stays as it is. */
export function replacementOf({ lines }: Piece): Replacement {
  const before = textOf(lines, '-')
  const after = textOf(lines, '+')
  const end = ['\r\n', '\n'].find((end) => before.endsWith(end) && after.endsWith(end)) ?? ''
  return {
    before: before.slice(0, before.length - end.length),
    after: after.slice(0, after.length - end.length),
  }
}

/** Positions in the list of lines; `to` is the first one after it. */
type Span = { readonly from: number; readonly to: number }

function endOf(text: string): 'windows' | 'plain' | 'mixed' {
  const [all, windows] = [/\n/g, /\r\n/g].map((end) => text.match(end)?.length ?? 0)
  if (windows === 0 && !text.includes('\r')) return 'plain'
  return windows === all ? 'windows' : 'mixed'
}

const MARK = '\uFEFF'

const linesOf = (text: string): string[] =>
  text.slice(text.startsWith(MARK) ? 1 : 0).match(/[^\n]*\n|[^\n]+$/g) ?? []

const textOf = (lines: readonly HunkLine[], mark: '-' | '+'): string =>
  lines
    .filter((line) => line.mark === ' ' || line.mark === mark)
    .map(({ text }) => text)
    .join('')

function changesIn(lines: readonly HunkLine[]): Span[] {
  return lines.flatMap(({ mark }, at) => (mark === ' ' ? [] : [{ from: at, to: at + 1 }]))
}

/** Spans with no more than so many lines between them as one. */
function joined(spans: readonly Span[], near: number): Span[] {
  const all: Span[] = []
  for (const span of spans) {
    const last = all.at(-1)
    if (last && span.from - last.to <= near)
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    else all.push(span)
  }
  return all
}

/** Takes lines from around each change until its old text is the only one of its kind. */
function growAll(lines: readonly HunkLine[], spans: readonly Span[]): Span[] | null {
  const whole = textOf(lines, '-')
  const grown: Span[] = []
  for (const span of spans) {
    const now = textOf(lines.slice(0, span.from), '+') + textOf(lines.slice(span.from), '-')
    const enough = grow(lines, span, (piece) => {
      const { before, after } = replacementOf({ lines: piece })
      return before.trim() !== '' && after !== '' && isOnce(before, whole) && isOnce(before, now)
    })
    if (enough === null) return null
    grown.push(enough)
  }
  return grown
}

/** Twice as many lines at each step, so that a file of equal lines is not searched once per line. */
function grow(
  lines: readonly HunkLine[],
  { from, to }: Span,
  isEnough: (piece: readonly HunkLine[]) => boolean,
): Span | null {
  for (let around = 0; ; around = around === 0 ? 1 : around * 2) {
    const span = { from: Math.max(0, from - around), to: Math.min(lines.length, to + around) }
    if (isEnough(lines.slice(span.from, span.to))) return span
    if (span.from === 0 && span.to === lines.length) return null
  }
}

function isOnce(part: string, text: string): boolean {
  const at = text.indexOf(part)
  return at >= 0 && text.indexOf(part, at + 1) < 0
}
