import type { Hunk } from './edits.ts'
import { learnIndent, pairsOf } from './indent.ts'
import { KEYS, plainPunctuation } from './likeness.ts'
import type { Likeness } from './likeness.ts'
import { occurrences } from './match.ts'
import type { Place, Target } from './target.ts'

export type AlignOptions = {
  readonly note: string | null
  /** Leave out lines whose key is empty, in the hunk and in the file. */
  readonly skipping?: boolean
}

/** All places where the hunk's old lines stand in the file, one after the other, by this likeness. */
export function align(hunk: Hunk, likeness: Likeness, target: Target, options: AlignOptions): Place[] {
  const { note, skipping = false } = options
  const old = hunk.lines.flatMap(({ mark }, index) => (mark === '+' ? [] : [index]))
  const keyed = old.map((index) => ({ index, key: KEYS[likeness](hunk.lines[index]!.text) }))
  const wanted = skipping ? keyed.filter(({ key }) => key !== '') : keyed
  // blank lines alone prove nothing
  if (wanted.length === 0 || (likeness !== 'exact' && wanted.every(({ key }) => key === ''))) return []

  target.budget.left -= target.cost
  if (target.budget.left < 0) return []
  const keys = target.keys(likeness)
  const positions = skipping ? target.filled(likeness) : null
  const text = positions ? positions.map((position) => keys[position]!) : keys
  const pattern = wanted.map(({ key }) => key)
  const places: Place[] = []
  for (const start of occurrences(pattern, text)) {
    const at = hunk.lines.map(() => -1)
    for (const [offset, { index }] of wanted.entries()) {
      at[index] = positions ? positions[start + offset]! : start + offset
    }
    if (skipping && !placeSkipped(hunk, at, target, likeness)) continue
    const place = { hunk, at, gap: gapsOf(hunk, at), note, unescaped: false }
    if (!isSafe(place, likeness, target)) continue
    places.push(place)
    if (places.length > MOST_PLACES) break
  }
  return places
}

/** More than a reason can list, and than anything could choose from. */
const MOST_PLACES = 200

/** Lines of a hunk that were left out of the search, and the part of the file they must be in. */
type Gap = {
  readonly skipped: readonly number[]
  readonly between: readonly number[]
  readonly inside: boolean
}

/** Finds the lines left out of the search; false when they say that the place is wrong. */
function placeSkipped(hunk: Hunk, at: number[], target: Target, likeness: Likeness): boolean {
  const place = likeness === 'words' ? placeBySteps : placeBlanks
  return gapsBetweenFound(hunk, at).every((gap) => place(hunk, at, gap, target.keys('trimmed')))
}

function gapsBetweenFound(hunk: Hunk, at: readonly number[]): Gap[] {
  const old = hunk.lines.flatMap(({ mark }, index) => (mark === '+' ? [] : [index]))
  const found = old.flatMap((index, order) => (at[index]! >= 0 ? [order] : []))
  return [-1, ...found].flatMap((left, order) => {
    const right = found[order] ?? old.length
    const skipped = old.slice(left + 1, right)
    const inside = left >= 0 && right < old.length
    if (skipped.length === 0 && !inside) return []
    // above the first and below the last line found only direct neighbours count
    const from = left >= 0 ? at[old[left]!]! + 1 : at[old[right]!]! - skipped.length
    const to = right < old.length ? at[old[right]!]! : from + skipped.length
    const between = Array.from({ length: Math.min(to - from, MOST_SKIPPED) }, (_, step) => from + step)
    return [{ skipped, between, inside }]
  })
}

const MOST_SKIPPED = 1_000

/** Blank lines take the file's blank lines as far as there are some. */
function placeBlanks(_: Hunk, at: number[], { skipped, between }: Gap, keys: readonly string[]): boolean {
  for (const [step, index] of skipped.entries()) {
    if (keys[between[step] ?? -1] === '') at[index] = between[step]!
  }
  return true
}

const MOST_COMMENTS = 2

/** Comments and brackets: one for one, or a few that only the file has. Removed lines must be right. */
function placeBySteps(hunk: Hunk, at: number[], { skipped, between }: Gap, keys: readonly string[]): boolean {
  const written = skipped.filter((index) => hunk.lines[index]!.text.trim() !== '')
  const own = between.filter((position) => (keys[position] ?? '') !== '')
  // a comment that only the hunk has may be an addition that lost its mark
  if (written.length !== own.length) return written.length === 0 && own.length <= MOST_COMMENTS
  const differing = written.filter((index, step) => keys[own[step]!] !== hunk.lines[index]!.text.trim())
  for (const [step, index] of written.entries()) at[index] = own[step]!
  return differing.length <= MOST_COMMENTS && differing.every((index) => hunk.lines[index]!.mark === ' ')
}

function isSafe(place: Place, likeness: Likeness, target: Target): boolean {
  if (likeness === 'punctuation') return removesAsWritten(place, target, plainPunctuation)
  if (likeness !== 'words') return true
  const exact = removesAsWritten(place, target, (line) => line)
  return exact && insertsBetweenNeighbours(place, target) && isIndentedAlike(place, target)
}

/** Removed lines must be right, but for what `plain` puts right on the model's side: the file's own text rules. */
function removesAsWritten({ hunk, at }: Place, target: Target, plain: (line: string) => string): boolean {
  const squeeze = (line: string): string => line.trim().replaceAll(/\s+/g, ' ')
  return hunk.lines.every(({ mark, text }, index) => {
    if (mark !== '-' || at[index]! < 0) return true
    const own = target.lines[at[index]!]!
    return squeeze(own) === squeeze(text) || squeeze(own) === squeeze(plain(text))
  })
}

/** Indentation tells brackets apart, which have no words. */
const isIndentedAlike = (place: Place, target: Target): boolean =>
  learnIndent([...pairsOf(place, target.lines).values()]) !== null

/** Where nothing of the file lies between the lines around an addition, there is only one place for it. */
function insertsBetweenNeighbours({ hunk, at }: Place, target: Target): boolean {
  return hunk.lines.every(({ mark }, index) => {
    if (mark !== '+' || hunk.lines[index - 1]?.mark === '+') return true
    const after = hunk.lines.findIndex((line, other) => other > index && line.mark !== '+')
    const above = index > 0 ? at[index - 1]! : -1
    const below = after < 0 ? -1 : at[after]!
    if (index > 0 && above < 0) return false
    if (after >= 0 && below < 0) return false
    if (above < 0 || below < 0) return true
    return target.lines.slice(above + 1, below).every((line) => line.trim() === '')
  })
}

/** Where each added line goes: behind the old line above it, else in front of the one below. */
function gapsOf(hunk: Hunk, at: readonly number[]): number[] {
  const gaps = hunk.lines.map(() => -1)
  const old = hunk.lines.flatMap(({ mark }, index) => (mark === '+' ? [] : [index]))
  for (const [index, { mark }] of hunk.lines.entries()) {
    if (mark !== '+') continue
    const above = old.filter((other) => other < index).toReversed()
    const below = old.filter((other) => other > index)
    const anchors = [
      ...above.slice(0, 1).map((other) => [other, 1] as const),
      ...below.slice(0, 1).map((other) => [other, 0] as const),
      ...above.slice(1).map((other) => [other, 1] as const),
      ...below.slice(1).map((other) => [other, 0] as const),
    ]
    const anchor = anchors.find(([other]) => at[other]! >= 0)
    gaps[index] = anchor ? at[anchor[0]]! + anchor[1] : -1
  }
  return gaps
}
