import type { Piece } from '../budget-context.ts'
import { inFence } from '../fence.ts'
import { onOneLine } from '../one-line.ts'
import { shareRoom } from '../share-room.ts'
import { fitLines, note } from '../tools/bounded.ts'
import type { Call } from './calls.ts'

/** What a tool said to a call. */
export type Lookup = { readonly call: Call; readonly text: string }

/** What was looked up, in at most so many characters; what was cut is said. */
export const showLookups = (lookups: readonly Lookup[], most: number): string =>
  lookupPieces(lookups, most)
    .map(({ text }) => text)
    .join('\n\n')

/** The same one by one, each in a fence with its place. */
export function lookupPieces(lookups: readonly Lookup[], most: number): Piece[] {
  const labels = lookups.map(({ call }) => labelOf(call))
  const needs = lookups.map(({ text }, index) => text.length + labels[index]!.length + AROUND)
  const rooms = shareRoom(
    needs.map((need) => ({ need, weight: 1 })),
    most,
  )
  return lookups.flatMap(({ text }, index) => {
    const place = labels[index]!
    const room = rooms[index]! - place.length - AROUND
    if (room < Math.min(SMALLEST, text.length)) return []
    return [{ place, text: inFence(place, cutTo(text, room)) }]
  })
}

/** Characters for the fence, its line ends and the note of a cut. */
const AROUND = 80
/** Less of an answer than this tells nothing. */
const SMALLEST = 200

/** As many of its lines as fit into so many characters, with a word on the rest. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text
  const lines = text.split('\n')
  const { text: kept, shown } = fitLines(lines, most)
  return `${kept}\n${note(`${lines.length - shown} more lines are not shown`)}`
}

/** A file is called by its path, as everywhere. Nothing in a label may close a fence, or open one. */
function labelOf({ tool, arguments: given }: Call): string {
  const { path } = given
  const label = tool === 'read_file' && typeof path === 'string' ? path : `${tool} ${JSON.stringify(given)}`
  return onOneLine(label, 200).replaceAll('`', "'")
}
