import { closesFence, isProse, openingFence } from './fences.ts'
import type { Fence } from './fences.ts'
import { readHeader, readHunkLine } from './hunk-lines.ts'
import type { Hunk } from './edits.ts'
import { looksLikePath } from './path-hints.ts'
import { opensBlock } from './search-replace.ts'

export const isHunkHeader = (line: string): boolean => readHeader(line) !== null

/** `--- path` and `+++ path`, one below the other. */
function isFilePair(lines: readonly string[], at: number): boolean {
  const [left = '', right = ''] = [lines[at], lines[at + 1]]
  return left.startsWith('--- ') && right.startsWith('+++ ') && isName(left) && isName(right)
}

const isName = (line: string): boolean => {
  const name = line
    .slice('--- '.length)
    .replace(/\t.*$/, '')
    .trim()
    .replace(/^["'`*]+|["'`*]+$/g, '')
  return name === '/dev/null' || looksLikePath(name.replace(/\s+(?:\d{4}-|\().*$/, '').replaceAll(' ', '_'))
}

/** Does the part of a unified diff that is for one file begin here? */
export function opensDiff(lines: readonly string[], at: number): boolean {
  const line = lines[at]!
  if (line.startsWith('diff --git ') || isFilePair(lines, at)) return true
  if (/^Index: \S/.test(line)) return /^={10,}$/.test(lines[at + 1] ?? '')
  return /^(?:--- |\+\+\+ )\S/.test(line) && isName(line) && isHunkHeader(lines[at + 1] ?? '')
}

/** The line behind the last line of a hunk whose body begins at `start`. */
export function endOfHunk(
  lines: readonly string[],
  start: number,
  fence: Fence | null,
  promised: Hunk['promised'],
): number {
  const count = { before: 0, after: 0 }
  for (let at = start; at < lines.length; at += 1) {
    const line = lines[at]!
    const complete = promised !== null && count.before === promised.before && count.after === promised.after
    if (isHunkHeader(line) || line.startsWith('*** End Patch')) return at
    if (fence && closesFence(line, fence)) return at
    if (isNextFile(lines, at, promised, count)) return at
    if (/^-- ?$/.test(line) && /^\d+\.\d+/.test(lines[at + 1] ?? '')) return at
    if (!fence && endsUnfenced(lines, at, complete)) return at
    const mark = readHunkLine(line)?.mark
    if (mark === '-' || mark === ' ') count.before += 1
    if (mark === '+' || mark === ' ') count.after += 1
  }
  return lines.length
}

/** A removed line that begins with `-- ` looks like a header; numbers that are not used up yet, tell. */
function isNextFile(
  lines: readonly string[],
  at: number,
  promised: Hunk['promised'],
  count: { before: number; after: number },
): boolean {
  if (!opensDiff(lines, at)) return false
  if (!isFilePair(lines, at)) return true
  if (isHunkHeader(lines[at + 2] ?? '')) return true
  return promised === null || count.before >= promised.before || count.after >= promised.after
}

/** Without a fence around it a hunk ends where the prose begins again. */
function endsUnfenced(lines: readonly string[], at: number, complete: boolean): boolean {
  const line = lines[at]!
  if (opensBlock(line)) return true
  // right below a line of the hunk it is context of a document
  if (openingFence(line)) return complete || (lines[at - 1] ?? '').trim() === ''
  if (line === '') return complete && !goesOn(lines, at)
  if (/^[-+ \\\t]/.test(line)) return false
  if (complete) return true
  return lines[at - 1] === '' && isProse(line) && !hasChangesBelow(lines, at)
}

function goesOn(lines: readonly string[], at: number): boolean {
  const next = lines.slice(at, at + 10).find((line) => line !== '')
  return next !== undefined && /^(?:\+|-(?! )| )/.test(next)
}

/** Marked lines before the next hunk or file that are no list items. */
function hasChangesBelow(lines: readonly string[], at: number): boolean {
  for (let below = at + 1; below < Math.min(lines.length, at + FAR); below += 1) {
    const line = lines[below]!
    if (isHunkHeader(line) || opensDiff(lines, below)) return false
    if (/^(?:\+|-(?! ))/.test(line)) return true
  }
  return false
}

/** Keeps a reply of nothing but prose from being read over and over. */
const FAR = 500
