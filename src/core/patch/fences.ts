import { indexFrom } from './line-search.ts'

/** An opened fence: a run of backticks or tildes, and what stands behind it. */
export type Fence = {
  readonly mark: string
  readonly length: number
  readonly indent: string
  readonly info: string
}

/** Reads a line that opens a fence; null for any other. */
export function openingFence(line: string): Fence | null {
  const match = /^([ \t]*)(`{3,}|~{3,})([^`]*)$/.exec(line)
  if (!match) return null
  const [, indent = '', run = '', info = ''] = match
  // a single blank is the first column of a diff, not an indentation
  return indent === ' ' ? null : { mark: run[0]!, length: run.length, indent, info: info.trim() }
}

/** Does this line close the fence? Only where it was opened: one column further in it is context of a diff. */
export function closesFence(line: string, fence: Fence): boolean {
  const bare = line.trim()
  if (bare.length < fence.length || bare !== fence.mark.repeat(bare.length)) return false
  return line.startsWith(fence.indent + fence.mark)
}

/** Where the fence opened in line `open` ends, when it may hold fences itself. */
export type Ending = { kind: 'at'; line: number } | { kind: 'unclosed' } | { kind: 'unclear' }

/**
 * The end of a block that is a file: a bare fence such that every fence before it is opened and closed. A document with
 * fences of its own may leave several possible ends.
 */
export function endOfFile(lines: readonly string[], open: number, fence: Fence, isDocument: boolean): Ending {
  const ends: number[] = []
  let inner = false
  let bare = 0
  for (let at = open + 1; at < lines.length; at += 1) {
    const line = lines[at]!
    if (!line.includes(fence.mark.repeat(fence.length))) continue
    if (closesFence(line, fence)) {
      bare += 1
      if (!inner) ends.push(at)
      inner = !inner
    } else if (!inner && opensInside(line, fence)) inner = true
    if (!isDocument && ends.length > 0) break
  }
  const [end] = ends
  if (end === undefined) return { kind: bare > 0 ? 'unclear' : 'unclosed' }
  if (isDocument) return ends.length === 1 ? { kind: 'at', line: end } : { kind: 'unclear' }
  return isFollowedByRest(lines, end, fence) ? { kind: 'unclear' } : { kind: 'at', line: end }
}

function opensInside(line: string, fence: Fence): boolean {
  const inside = openingFence(line)
  return inside !== null && inside.mark === fence.mark && inside.length >= fence.length && inside.info !== ''
}

/** Was that only the end of an inner block? Then what looks like the next block's opening ends the file instead. */
function isFollowedByRest(lines: readonly string[], end: number, fence: Fence): boolean {
  const next = indexFrom(lines, end + 1, (line) => closesFence(line, fence))
  const other = indexFrom(lines, end + 1, (line) => opensInside(line, fence))
  if (next < 0 || (other >= 0 && other < next)) return false
  const before = lines.slice(end + 1, next).findLast((line) => line.trim() !== '')
  return before === undefined || !isProse(before)
}

/** A sentence, a heading or a list item, rather than code. */
export const isProse = (line: string): boolean =>
  /^\s{0,3}(?:#{1,6} |[-*] |\d+[.)] |\*\*|>|[A-Z`(])/.test(line) &&
  /[.:!?)*`]\s*$|^#{1,6} |\w \w+ \w/.test(line) &&
  !/[;{}]\s*$/.test(line)
