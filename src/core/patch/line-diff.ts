import type { HunkLine } from './edits.ts'

/** The lines that stay, go and come between two texts; `keyOf` decides which lines are the same. */
export function lineDiff(
  before: readonly string[],
  after: readonly string[],
  keyOf: (line: string) => string = (line) => line,
): HunkLine[] {
  const left = before.map(keyOf)
  const right = after.map(keyOf)
  let head = 0
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1
  let tail = 0
  const most = Math.min(left.length, right.length) - head
  while (tail < most && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1

  const endBefore = before.length - tail
  const endAfter = after.length - tail
  const kept = common(left.slice(head, endBefore), right.slice(head, endAfter))
  const lines = before.slice(0, head).map((text) => line(' ', text))
  let atBefore = head
  let atAfter = head
  for (const [keptBefore, keptAfter] of [...kept, [endBefore - head, endAfter - head] as const]) {
    while (atBefore < head + keptBefore) lines.push(line('-', before[atBefore++]!))
    while (atAfter < head + keptAfter) lines.push(line('+', after[atAfter++]!))
    if (atBefore >= endBefore || atAfter >= endAfter) continue
    lines.push(line(' ', before[atBefore++]!))
    atAfter += 1
  }
  return [...lines, ...before.slice(endBefore).map((text) => line(' ', text))]
}

export const line = (mark: HunkLine['mark'], text: string): HunkLine => ({ mark, text, raw: text })

/** Beyond this many comparisons the middle counts as replaced altogether. */
const MOST_CELLS = 2_000_000

/** Pairs of positions of a longest common subsequence. */
function common(left: readonly string[], right: readonly string[]): [number, number][] {
  const width = right.length + 1
  if (left.length === 0 || right.length === 0 || left.length * width > MOST_CELLS) return []
  const lengths = new Uint32Array((left.length + 1) * width)
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        left[row] === right[column]
          ? lengths[(row + 1) * width + column + 1]! + 1
          : Math.max(lengths[(row + 1) * width + column]!, lengths[row * width + column + 1]!)
    }
  }
  const pairs: [number, number][] = []
  let row = 0
  let column = 0
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) pairs.push([row++, column++])
    else if (lengths[(row + 1) * width + column]! >= lengths[row * width + column + 1]!) row += 1
    else column += 1
  }
  return pairs
}
