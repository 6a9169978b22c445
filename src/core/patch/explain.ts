import { linesOf, oldLines } from './edits.ts'
import type { Hunk } from './edits.ts'
import { align } from './align.ts'
import { KEYS } from './likeness.ts'
import type { Target } from './target.ts'

/** Why a hunk fits nowhere: the lines that are not in the file, and the part of the file that comes closest. */
export function explainMissing(path: string, name: string, hunk: Hunk, target: Target): string {
  if (isThereAlready(hunk, target)) return `${path}: ${name} is in the file already`
  const strange = oldLines(hunk)
    .map(({ text }) => text)
    .filter((text) => text.trim() !== '' && !target.has(text))
  const what =
    strange.length > 0
      ? `these lines are not in the file:\n${strange.slice(0, MOST_LINES).map(shorten).join('\n')}`
      : 'its lines are in the file, but not one after the other'
  const closest = excerpt(hunk, target)
  return `${path}: ${name} fits nowhere; ${what}${closest === '' ? '' : `\nThe closest part of the file is:\n${closest}`}`
}

/** Why a hunk fits in more than one place. */
export function explainAmbiguous(
  path: string,
  name: string,
  positions: readonly number[],
  lines: readonly string[],
): string {
  const listed = positions.slice(0, MOST_LINES).map((at) => `${at + 1} | ${shorten(lines[at] ?? '')}`)
  const more = positions.length > MOST_LINES ? `\nand ${positions.length - MOST_LINES} more` : ''
  return `${path}: ${name} fits in ${positions.length} places; repeat more of the lines around it. It fits at lines:\n${listed.join('\n')}${more}`
}

const MOST_LINES = 6
const LONGEST = 160

const shorten = (line: string): string => (line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line)

function isThereAlready(hunk: Hunk, target: Target): boolean {
  const after = linesOf(hunk, ' ', '+').map(({ text }) => ({ mark: ' ' as const, text, raw: text }))
  return (
    linesOf(hunk, '+').length > 0 &&
    align({ ...hunk, lines: after }, 'trimmed', target, { note: null }).length > 0
  )
}

/** Lines around the position to which most of the hunk's lines point, numbered. */
function excerpt(hunk: Hunk, target: Target): string {
  const start = closest(hunk, target)
  if (start === null) return ''
  const from = Math.max(0, start - 1)
  const to = Math.min(target.lines.length, start + Math.min(oldLines(hunk).length, 10) + 2)
  const width = String(to).length
  return target.lines
    .slice(from, to)
    .map((line, index) => `${String(from + index + 1).padStart(width)} | ${shorten(line)}`)
    .join('\n')
}

const MOST_POSITIONS = 50

function closest(hunk: Hunk, target: Target): number | null {
  const positions = new Map<string, number[]>()
  for (const [at, key] of target.keys('words').entries()) {
    if (key === '') continue
    const known = positions.get(key)
    if (!known) positions.set(key, [at])
    else if (known.length < MOST_POSITIONS) known.push(at)
  }
  const votes = new Map<number, number>()
  for (const [offset, { text }] of oldLines(hunk).entries()) {
    const known = positions.get(wordsOf(text)) ?? []
    // a line that stands in one place says more than one that stands in many
    for (const at of known) votes.set(at - offset, (votes.get(at - offset) ?? 0) + 1 / known.length)
  }
  const best = [...votes].reduce<[number, number] | null>(
    (top, one) => (top && top[1] >= one[1] ? top : one),
    null,
  )
  return best ? Math.max(0, best[0]) : mostAlike(hunk, target)
}

const wordsOf = KEYS.words

const MOST_COMPARED = 5_000

/** No line is the same: the file's line that shares most words with the hunk's most telling one. */
function mostAlike(hunk: Hunk, target: Target): number | null {
  const longest = oldLines(hunk).reduce(
    (best, { text }) => (text.trim().length > best.length ? text.trim() : best),
    '',
  )
  const wanted = new Set(wordsOf(longest.slice(0, LONGEST)).split(' '))
  let best: number | null = null
  let most = 1
  for (const [at, key] of target.keys('words').slice(0, MOST_COMPARED).entries()) {
    const shared = key
      .slice(0, LONGEST)
      .split(' ')
      .filter((word) => word.length > 2 && wanted.has(word)).length
    if (shared > most) [best, most] = [at, shared]
  }
  return best
}
