import type { HunkLine } from '../patch/edits.ts'
import { lineDiff } from '../patch/line-diff.ts'

/** A stretch of a change: lines that stay, go and come. */
export type Stretch = {
  /** Where it begins in the text before and after, from 0. */
  readonly from: number
  readonly to: number
  readonly lines: readonly HunkLine[]
}

/** How many unchanged lines go with a change, in the order in which they are tried; the last is the whole file. */
const CONTEXTS = [3, 1, 0, 10, 40, Number.POSITIVE_INFINITY]
/** Beyond this many comparisons of lines only the whole file is tried, which is found at once. */
const MOST_COMPARISONS = 20_000_000

/** Editors look for the old lines and not for their number. So the change in stretches that end up in the right places, as `fits` tells; null where none do. */
export function fittingStretches(
  before: readonly string[],
  after: readonly string[],
  fits: (stretches: readonly Stretch[]) => boolean,
): readonly Stretch[] | null {
  const lines = lineDiff(before, after)
  const changed = lines.filter(({ mark }) => mark !== ' ').length
  const contexts = changed * before.length > MOST_COMPARISONS ? CONTEXTS.slice(-1) : CONTEXTS
  for (const context of contexts) {
    const stretches = stretchesOf(lines, context)
    if (fits(stretches)) return stretches
  }
  return null
}

/** Changed lines with so many unchanged ones around them; stretches that touch are one. */
export function stretchesOf(lines: readonly HunkLine[], context: number): Stretch[] {
  const kept = new Set<number>()
  let shown = 0
  lines.forEach(({ mark }, index) => {
    if (mark === ' ') return
    for (let at = Math.max(shown, index - context); at <= index + context && at < lines.length; at += 1) {
      kept.add(at)
      shown = at
    }
  })
  const stretches: { from: number; to: number; lines: HunkLine[] }[] = []
  let from = 0
  let to = 0
  lines.forEach((line, index) => {
    if (kept.has(index)) {
      if (!kept.has(index - 1)) stretches.push({ from, to, lines: [] })
      stretches.at(-1)!.lines.push(line)
    }
    if (line.mark !== '+') from += 1
    if (line.mark !== '-') to += 1
  })
  return stretches
}

/** The lines of a stretch as they were, and as they are to be. */
export const oldText = ({ lines }: Stretch): string[] =>
  lines.flatMap(({ mark, text }) => (mark === '+' ? [] : [text]))
export const newText = ({ lines }: Stretch): string[] =>
  lines.flatMap(({ mark, text }) => (mark === '-' ? [] : [text]))
