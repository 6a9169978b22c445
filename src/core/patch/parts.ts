import { changes } from './edits.ts'
import type { Hunk } from './edits.ts'
import { isElision } from './lazy.ts'
import { indentOf } from './indent.ts'
import { firstOf, lastOf } from './target.ts'
import type { Place, Target } from './target.ts'

/** A part of a hunk: its lines from `start` up to `end`. */
type Part = { readonly start: number; readonly end: number; readonly elided: boolean }

/** Context lines such as `...` stand for lines the model did not copy. */
export function splitAtElisions(hunk: Hunk): Part[] {
  const cuts = hunk.lines.flatMap(({ mark, text }, index) => (mark === ' ' && isElision(text) ? [index] : []))
  if (cuts.length === 0) return []
  const starts = [0, ...cuts.map((cut) => cut + 1)]
  return starts
    .map((start, index) => ({ start, end: cuts[index] ?? hunk.lines.length, elided: true }))
    .filter(({ start, end }) => hunk.lines.slice(start, end).some(({ text }) => text.trim() !== ''))
}

const MOST_SPLITS = 24

/** Every way to cut a hunk in two between context lines. */
export function splitBetweenChanges(hunk: Hunk): Part[][] {
  const { lines } = hunk
  const cuts = lines.flatMap(({ mark }, index) =>
    index > 0 && mark === ' ' && lines[index - 1]!.mark === ' ' ? [index] : [],
  )
  return cuts.slice(0, MOST_SPLITS).map((cut) => [
    { start: 0, end: cut, elided: false },
    { start: cut, end: lines.length, elided: false },
  ])
}

/** Places of all parts in the order they come, as places of the whole hunk. */
export function locateParts(
  hunk: Hunk,
  parts: readonly Part[],
  target: Target,
  search: (part: Hunk, target: Target) => Place[],
  note: string,
): Place[] {
  if (parts.length === 0) return []
  let chains: Place[][] = [[]]
  for (const { start, end, elided } of parts) {
    const lines = hunk.lines.slice(start, end)
    const found = search({ ...hunk, lines, promised: null }, target)
    // what was left out tells which one is meant; without that every part must be found once
    if (!elided && found.length > 1) return []
    chains = chains.flatMap((chain) =>
      found.filter((place) => follows(place, chain.at(-1))).map((place) => [...chain, place]),
    )
    if (chains.length === 0 || chains.length > MOST_CHAINS) return []
  }
  const whole = chains.filter((chain) => chain.some((place) => changes(place.hunk)))
  const inOneBlock = whole.filter((chain) => isInBlock(chain, target))
  return (whole.length > 1 && inOneBlock.length > 0 ? inOneBlock : whole).map((chain) =>
    join(hunk, chain, note),
  )
}

const MOST_CHAINS = 50

const follows = (place: Place, before: Place | undefined): boolean =>
  before === undefined || firstOf(place) > lastOf(before)

/** What the model left out lies within one block: nothing in between is less indented than where it began. */
function isInBlock(chain: readonly Place[], target: Target): boolean {
  const start = firstOf(chain[0]!)
  if (!/(?:[{([:]|=>|\bdo|\bthen)\s*$/.test(target.lines[lastOf(chain[0]!)]!)) return false
  const depth = indentOf(target.lines[start]!).length
  const between = target.lines.slice(start + 1, firstOf(chain.at(-1)!))
  return between.every(
    (line) => line.trim() === '' || indentOf(line).length > depth || /^\s*[)\]}{]/.test(line),
  )
}

function join(hunk: Hunk, chain: readonly Place[], note: string): Place {
  return {
    hunk: { ...hunk, lines: chain.flatMap((place) => place.hunk.lines) },
    at: chain.flatMap((place) => place.at),
    gap: chain.flatMap((place) => place.gap),
    note,
    unescaped: chain.some(({ unescaped }) => unescaped),
  }
}
