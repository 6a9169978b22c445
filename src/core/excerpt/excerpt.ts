import type { FileSymbols } from '../code-map/symbols.ts'
import { inFence } from '../fence.ts'
import type { SourceFile } from '../task.ts'
import { blocksOf, type Blocks } from './blocks.ts'
import type { Wanted } from './wanted.ts'

/** A file, and what was found in it. */
export type ReadFile = SourceFile & { readonly symbols: FileSymbols }

/**
 * Cuts out the parts of a file that a task is about, in at most so many characters, fenced as a file is shown: its own lines
 * to the letter, so that what is written against them can be found in the whole file, and a note wherever some are left out.
 * Room that is left is filled with what stands around them, if that is wished. Empty where nothing fits.
 */
export function excerptsOf(
  { path, content, symbols }: ReadFile,
  wanted: Wanted,
  { fill }: { readonly fill: boolean },
): (most: number) => string {
  const lines = content.replace(/\n$/, '').split('\n')
  const frame = inFence(path, '').length + 2 * LONGEST_NOTE
  let blocks: Blocks | null = null
  return (most) => {
    // weighed when the first part is wanted, for all of them
    blocks ??= blocksOf(path, lines, symbols, wanted)
    const { meant, around } = blocks
    const shown = choose(lines, fill ? [...meant, ...around] : meant, most - frame)
    if (shown.length === 0) return ''
    const text = inFence(path, `${written(lines, shown).join('\n')}\n`)
    return text.length <= most ? text : ''
  }
}

/** Which lines, in their order. */
function choose(
  lines: readonly string[],
  blocks: readonly { readonly from: number; readonly to: number }[],
  room: number,
): number[] {
  const shown = new Set<number>()
  let left = room
  for (const { from, to } of blocks) {
    if (left <= 0) break
    const open = rangeOf(from, to).filter((at) => !shown.has(at))
    const cost = open.reduce((sum, at) => sum + lines[at]!.length + 1, open.length === 0 ? 0 : LONGEST_NOTE)
    // half of a function is worth more than none, as long as nothing else has been shown
    const fitting = cost <= left ? open : shown.size === 0 ? within(open, lines, left - LONGEST_NOTE) : []
    for (const at of fitting) {
      shown.add(at)
      left -= lines[at]!.length + 1
    }
    if (fitting.length > 0) left -= LONGEST_NOTE
  }
  return [...shown].sort((one, other) => one - other)
}

const rangeOf = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

function within(open: readonly number[], lines: readonly string[], room: number): number[] {
  let left = room
  const end = open.findIndex((at) => {
    left -= lines[at]!.length + 1
    return left < 0
  })
  return end === -1 ? [...open] : open.slice(0, end)
}

function written(lines: readonly string[], shown: readonly number[]): string[] {
  const parts: string[] = []
  let next = 0
  for (const at of [...shown, lines.length]) {
    if (at > next) parts.push(...gap(lines, next, at - 1))
    if (at < lines.length) parts.push(lines[at]!)
    next = at + 1
  }
  return parts
}

/** What is no longer than the note about it is shown as well. */
function gap(lines: readonly string[], from: number, to: number): string[] {
  const note = leftOut(from, to)
  const hidden = lines.slice(from, to + 1)
  return hidden.join('\n').length <= note.length ? hidden : [note]
}

/** In the form of what coders write when they leave something out, so that none of it is ever taken for code. */
const leftOut = (from: number, to: number): string =>
  `[… code not shown: ${from === to ? `line ${from + 1}` : `lines ${from + 1} to ${to + 1}`} …]`
const LONGEST_NOTE = 48
