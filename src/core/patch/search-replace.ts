import { NO_HINTS, refusal } from './edits.ts'
import type { FileEdit, Hunk, Refusal } from './edits.ts'
import { indexFrom } from './line-search.ts'
import { lineDiff } from './line-diff.ts'
import { looksLikePath } from './path-hints.ts'
import { asContent } from './text-file.ts'

const OPENING =
  /^([ \t]*)(?:(<{4,}|-{4,})[ \t]*(?:SEARCH|ORIGINAL|OLD|HEAD|BEFORE|FIND)\b[ \t:>`]*(\S*)[ \t]*|(<{5,})[ \t]*)$/i
const DIVIDER = /^[ \t]*(={5,})[ \t]*$/
const CLOSING = /^[ \t]*(?:(?:>{4,}|\+{4,}|<{4,})[ \t]*(?:REPLACE|UPDATED|NEW|AFTER)\b.*|>{5,}[ \t]*)$/i

/** Does a SEARCH/REPLACE block begin here? */
export const opensBlock = (line: string): boolean => line.length < 300 && OPENING.test(line)

/** Is this one of the lines that hold a block together? */
export const isBlockMark = (line: string): boolean =>
  line.length < 300 && (OPENING.test(line) || DIVIDER.test(line) || CLOSING.test(line))

/** Reads the block that begins at `start`; `hint` is the file it is for unless it names one itself. */
export function readBlock(
  lines: readonly string[],
  start: number,
  hint: string | null,
): { ok: true; edit: FileEdit; next: number } | Refusal {
  const [, indent = '', mark, named = '', plain] = OPENING.exec(lines[start]!)!
  const path = looksLikePath(named) ? named : hint
  if (path === null) return refusal('no_path', 'a SEARCH/REPLACE block does not say which file it is for')
  const end = indexFrom(lines, start + 1, (line) => CLOSING.test(line) || opensBlock(line))
  if (end < 0) return refusal('truncated', `the last SEARCH/REPLACE block for ${path} is not closed`)
  if (!CLOSING.test(lines[end]!)) {
    return refusal('bad_block', `a SEARCH/REPLACE block for ${path} begins inside another`)
  }
  const body = lines
    .slice(start + 1, end)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
  const divider = dividerIn(body, (mark ?? plain)!.length)
  if (divider === null) {
    return refusal('bad_block', `a SEARCH/REPLACE block for ${path} must have exactly one line =======`)
  }
  const { lines: search, start: number } = withoutPreamble(body.slice(0, divider))
  const replace = body.slice(divider + 1)
  return { ok: true, edit: editOf(path, search, replace, number), next: end + 1 }
}

/** The only divider, or the only one as long as the opening mark: headings may be underlined with the same sign. */
function dividerIn(body: readonly string[], length: number): number | null {
  const all = body.flatMap((line, index) => (DIVIDER.test(line) ? [index] : []))
  const alike = all.filter((index) => body[index]!.trim().length === length)
  const [divider, ...others] = all.length === 1 ? all : alike
  return divider === undefined || others.length > 0 ? null : divider
}

/** Some tools have models write `:start_line:12` and a rule above the lines to be found. */
function withoutPreamble(search: readonly string[]): { lines: readonly string[]; start: number | null } {
  const number = /^:start_line:\s*(\d+)\s*$/.exec(search[0] ?? '')?.[1]
  if (number === undefined) return { lines: search, start: null }
  const rule = search.slice(0, 4).findIndex((line) => /^-{5,}\s*$/.test(line))
  return { lines: search.slice(rule < 0 ? 1 : rule + 1), start: Number(number) }
}

function editOf(
  path: string,
  search: readonly string[],
  replace: readonly string[],
  start: number | null,
): FileEdit {
  if (search.every((line) => line.trim() === '')) return { kind: 'create', path, content: asContent(replace) }
  const hunk: Hunk = { ...NO_HINTS, start, lines: lineDiff(search, replace) }
  return { kind: 'hunks', path, hunks: [hunk], order: 'any', escaped: false }
}
