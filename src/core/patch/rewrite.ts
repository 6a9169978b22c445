import { refusal } from './edits.ts'
import type { Refusal } from './edits.ts'
import { indentMatters, indentOf, learnIndent, pairsOf } from './indent.ts'
import type { IndentPair } from './indent.ts'
import { lastOf } from './target.ts'
import type { Place } from './target.ts'
import { putTogether } from './text-file.ts'
import type { Piece, TextFile } from './text-file.ts'

/** The file with only the added and removed lines of these places changed; all else stays as it is, to the byte. */
export function rewrite(
  path: string,
  file: TextFile,
  places: readonly Place[],
): { ok: true; content: string } | Refusal {
  const removed = new Map<number, Place>()
  const kept = new Map<number, Place>()
  const added = new Map<number, { place: Place; lines: string[] }>()
  for (const place of places) {
    const fit = indenting(path, place, file.lines)
    if (!fit)
      return refusal(
        'no_match',
        `${path}: the indentation of the patch does not follow that of the file; copy the lines as they are`,
      )
    for (const [index, { mark, text }] of place.hunk.lines.entries()) {
      const at = place.at[index]!
      const gap = place.gap[index]!
      if (mark === '+') {
        const there = added.get(gap)
        if (there && there.place !== place) return overlap(path, gap)
        if (there) there.lines.push(fit(text, index))
        else added.set(gap, { place, lines: [fit(text, index)] })
      } else if (at >= 0) {
        const rival = mark === '-' ? (removed.get(at) ?? kept.get(at)) : removed.get(at)
        if (rival && rival !== place) return overlap(path, at)
        ;(mark === '-' ? removed : kept).set(at, place)
      }
    }
  }
  const pieces: Piece[] = []
  for (let at = 0; at <= file.lines.length; at += 1) {
    for (const text of added.get(at)?.lines ?? []) pieces.push({ text, end: endNear(file, at, removed) })
    if (at < file.lines.length && !removed.has(at))
      pieces.push({ text: file.lines[at]!, end: file.ends[at]! })
  }
  return { ok: true, content: putTogether(file, pieces, finalNewline(file, places)) }
}

/** In a file of mixed line ends a new line takes after its neighbour. */
function endNear(file: TextFile, at: number, removed: ReadonlyMap<number, Place>): string | null {
  if (file.ends.every((end) => end === file.eol || end === '')) return null
  const neighbour = removed.has(at) ? file.ends[at] : file.ends[at - 1]
  return neighbour === undefined || neighbour === '' ? null : neighbour
}

const overlap = (path: string, at: number): Refusal =>
  refusal('overlap', `${path}: two changes meet at line ${at + 1}; write them as one`)

function finalNewline(file: TextFile, places: readonly Place[]): 'added' | 'removed' | null {
  const last = places.findLast(({ hunk }) => hunk.finalNewline !== null)
  if (!last) return null
  const reaches = lastOf(last) >= file.lines.length - 1
  return reaches ? last.hunk.finalNewline : null
}

/** How an added line of this place is indented so that it fits the file; null when nothing can be learnt. */
function indenting(
  path: string,
  place: Place,
  own: readonly string[],
): ((text: string, index: number) => string) | null {
  const pairs = pairsOf(place, own)
  const all = learnIndent([...pairs.values()])
  if (all) return all
  // some lines are off: the additions are right when the lines next to them are
  const removed = place.hunk.lines.flatMap(({ mark }, index) =>
    mark === '-' ? (pairs.get(index) ?? []) : [],
  )
  if (removed.length > 0 && removed.every((pair) => pair.written === pair.own)) return (text) => text
  const beside = nextToAdditions(place).flatMap((index) => pairs.get(index) ?? [])
  if (beside.length > 0 && beside.every((pair) => pair.written === pair.own)) return (text) => text
  if (indentMatters(path)) return null
  return (text, index) => asNearest(text, index, pairs)
}

function nextToAdditions({ hunk: { lines } }: Place): number[] {
  return lines.flatMap(({ mark }, index) =>
    mark !== '+' && (lines[index - 1]?.mark === '+' || lines[index + 1]?.mark === '+') ? [index] : [],
  )
}

/** Indents a line as the nearest one is that the model indented alike. */
function asNearest(text: string, index: number, pairs: ReadonlyMap<number, IndentPair>): string {
  const written = indentOf(text)
  const near = [...pairs].sort(([left], [right]) => Math.abs(left - index) - Math.abs(right - index))
  const alike = near.find(([, pair]) => pair.written === written) ?? near[0]
  return alike && text.trim() !== '' ? alike[1].own + text.slice(written.length) : text.trim()
}
