import { NO_HINTS, counts, oldLines } from './edits.ts'
import type { Hunk, HunkLine } from './edits.ts'

/** What a line that begins with `@@` says. */
export type HunkHeader = Pick<Hunk, 'start' | 'promised'> & { readonly heading: string | null }

const NUMBERS = /^-(\d{1,9})(?:,(\d{1,9}))?[ ,]+\+(\d{1,9})(?:,(\d{1,9}))?\s*(?:@@+)?\s?(.*)$/

/** Reads a hunk's header, with or without numbers; null for any other line. */
export function readHeader(line: string): HunkHeader | null {
  // @@name is a variable in some languages
  const inside = /^@@+(?:[ \t]+(.*))?$/.exec(line)?.[1]?.trim() ?? (/^@@+[ \t]*$/.test(line) ? '' : null)
  if (inside === null) return null
  const numbers = NUMBERS.exec(inside)
  if (!numbers) return { start: null, promised: null, heading: headingOf(inside.replace(/\s*@@+$/, '')) }
  return {
    start: Number(numbers[1]),
    promised: { before: Number(numbers[2] ?? 1), after: Number(numbers[4] ?? 1) },
    heading: headingOf(numbers[5]!),
  }
}

const headingOf = (text: string): string | null =>
  /\w/.test(text) && !/^\W*\.{3}/.test(text) ? text.trim() : null

/** Reads one line of a hunk; a line without any mark is context that lost it. null for git's note on a missing newline. */
export function readHunkLine(line: string): HunkLine | null {
  if (line.startsWith('\\')) return null
  const mark = line[0]
  if (mark === '+' || mark === '-') return { mark, text: line.slice(1), raw: line.slice(1) }
  return { mark: ' ', text: mark === ' ' ? line.slice(1) : line, raw: line }
}

/** Puts a hunk together from its header and the lines below it. */
export function makeHunk(headers: readonly HunkHeader[], written: readonly string[]): Hunk {
  const lines: HunkLine[] = []
  const without = { before: false, after: false }
  for (const line of written) {
    const read = readHunkLine(line)
    if (read) lines.push(read)
    else if (lines.at(-1)?.mark === '-') without.before = true
    else if (lines.at(-1)?.mark === '+') without.after = true
  }
  const header = headers.at(-1)
  const hunk: Hunk = {
    ...NO_HINTS,
    lines,
    unmarked: lines.some(({ mark, text, raw }) => mark === ' ' && text === raw && raw !== ''),
    headings: headers.flatMap(({ heading }) => heading ?? []),
    start: header?.start ?? null,
    promised: header?.promised ?? null,
    finalNewline: without.before === without.after ? null : without.before ? 'added' : 'removed',
  }
  return withoutLayout(hunk)
}

/** Empty lines behind a hunk are the reply's layout unless the header counts them. */
function withoutLayout(hunk: Hunk): Hunk {
  const { lines, promised } = hunk
  const empty = lines.length - 1 - lines.findLastIndex(({ mark, raw }) => mark !== ' ' || raw !== '')
  const surplus = promised ? oldLines(hunk).length - promised.before : empty
  const counted = surplus >= 0 && surplus <= empty
  const rest = { ...hunk, lines: lines.slice(0, lines.length - (counted ? surplus : empty)) }
  return counts(rest) === 'wrong' ? { ...hunk, lines: lines.slice(0, lines.length - empty) } : rest
}
