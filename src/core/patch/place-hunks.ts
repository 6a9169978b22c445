import { align } from './align.ts'
import { counts, refusal } from './edits.ts'
import type { FileEdit, Hunk, Refusal } from './edits.ts'
import { explainAmbiguous, explainMissing } from './explain.ts'
import { indentOf } from './indent.ts'
import { KEYS } from './likeness.ts'
import { IGNORING_INDENTATION, changedAt, locate } from './locate.ts'
import { firstOf, lastOf } from './target.ts'
import type { Place, Target } from './target.ts'

type Order = Extract<FileEdit, { kind: 'hunks' }>['order']

/** One place for every hunk of a file, or why not. */
export function placeHunks(
  path: string,
  hunks: readonly Hunk[],
  order: Order,
  target: Target,
): { ok: true; places: Place[] } | Refusal {
  const found: Place[][] = []
  for (const [index, hunk] of hunks.entries()) {
    const places = placesOf(hunk, target)
    if (target.budget.left < 0) {
      return refusal('too_big', `${path}: finding where the patch belongs would take too long`)
    }
    if (places.length === 0) return missing(path, hunk, index, hunks.length, target)
    found.push(places)
  }
  const chosen = settle(found, hunks, order, target)
  const open = chosen.findIndex((places) => places.length > 1)
  if (open >= 0) {
    const name = nameOf(open, hunks.length)
    return refusal('ambiguous', explainAmbiguous(path, name, chosen[open]!.map(firstOf), target.lines))
  }
  return { ok: true, places: unique(chosen.map((places) => places[0]!)) }
}

function placesOf(hunk: Hunk, target: Target): Place[] {
  const appended = atEndWithoutContext(hunk, target)
  if (appended) return [appended]
  const places = locate(hunk, target)
  if (places.length < 2) return places
  return narrow(places, (place) => !hunk.atEnd || lastOf(place) >= lastFilled(target))
}

/** Additions alone have a place only where the hunk says that it is the end of the file. */
function atEndWithoutContext(hunk: Hunk, target: Target): Place | null {
  if (hunk.lines.some(({ mark }) => mark !== '+')) return null
  if (!hunk.atEnd && target.lines.length > 0) return null
  const at = hunk.lines.map(() => -1)
  return { hunk, at, gap: at.map(() => target.lines.length), note: null, unescaped: false }
}

function lastFilled(target: Target): number {
  return target.filled('trimmed').at(-1) ?? 0
}

/** The places that pass, if any does. */
function narrow(places: Place[], passes: (place: Place) => boolean): Place[] {
  const rest = places.filter(passes)
  return rest.length > 0 ? rest : places
}

const LONGEST_SEARCH = 5_000

/** Is this the place that a heading, as git or a model writes it behind `@@`, stands above? */
function isUnder(place: Place, heading: string, target: Target): boolean {
  const wanted = KEYS.punctuation(heading)
  if (wanted.length < 3) return false
  const start = firstOf(place)
  const keys = target.keys('punctuation')
  let shallowest = Infinity
  let isNearest = true
  for (let at = start; at >= Math.max(0, start - LONGEST_SEARCH); at -= 1) {
    const line = target.lines[at]!
    // git cuts long headings
    if (keys[at]!.startsWith(wanted)) return at === start || isNearest || shallowest > indentOf(line).length
    if (at === start || line.trim() === '') continue
    // git names the nearest line that begins at the margin, a model the block around the place
    if (/^[A-Za-z_$#]/.test(line)) isNearest = false
    // the rest of a signature that takes several lines
    if (!/^\s*[)\]{]/.test(line)) shallowest = Math.min(shallowest, indentOf(line).length)
  }
  return false
}

/** Decides between places by what the other hunks of the file tell. */
function settle(found: readonly Place[][], hunks: readonly Hunk[], order: Order, target: Target): Place[][] {
  const numbered = byNumber(doubted(found, hunks, target), hunks)
  const headed = numbered.map((places, index) => byHeading(places, hunks[index]!, target))
  return isInOrder(headed, hunks, order) ? byNeighbours(headed) : headed
}

/** Where some hunks of a file are indented wrongly, one that fits to the letter may do so in the wrong place. */
function doubted(found: readonly Place[][], hunks: readonly Hunk[], target: Target): Place[][] {
  const isOff = found.some((places) => places.some(({ note }) => note === IGNORING_INDENTATION))
  return found.map((places, index) => {
    if (!isOff || places.length > 1 || places[0]?.note !== null) return [...places]
    const alike = align(hunks[index]!, 'trimmed', target, { note: IGNORING_INDENTATION })
    return alike.length > 1 ? alike : [...places]
  })
}

function byHeading(places: readonly Place[], { headings }: Hunk, target: Target): Place[] {
  if (headings.length === 0 || places.length < 2) return [...places]
  return narrow([...places], (place) => headings.every((heading) => isUnder(place, heading, target)))
}

const startsAsSaid = (place: Place, hunk: Hunk): boolean => hunk.start === firstOf(place) + 1

/** A line number that is right to the line, in a patch whose other numbers are right too, was not made up. */
function byNumber(found: readonly Place[][], hunks: readonly Hunk[]): Place[][] {
  const sure = found.flatMap((places, index) =>
    places.length === 1 && hunks[index]!.start !== null ? [startsAsSaid(places[0]!, hunks[index]!)] : [],
  )
  return found.map((places, index) => {
    const hunk = hunks[index]!
    const trusted = sure.length > 0 ? !sure.includes(false) : counts(hunk) === 'right'
    if (places.length === 1 || !trusted) return places
    const exact = places.filter((place) => startsAsSaid(place, hunk))
    return exact.length === 1 ? exact : places
  })
}

function isInOrder(found: readonly Place[][], hunks: readonly Hunk[], order: Order): boolean {
  if (order === 'any') return false
  const sure = found.flatMap((places) => (places.length === 1 ? [firstOf(places[0]!)] : []))
  const starts = hunks.map(({ start }) => start)
  const ascends = (numbers: readonly (number | null)[]): boolean =>
    numbers.every(
      (number, index) => index === 0 || (number !== null && number > (numbers[index - 1] ?? Infinity)),
    )
  return ascends(sure) && (order === 'forward' || ascends(starts))
}

function byNeighbours(found: readonly Place[][]): Place[][] {
  return found.map((places, index) => {
    if (places.length === 1) return places
    const above = found.slice(0, index).findLast((others) => others.length === 1)?.[0]
    const below = found.slice(index + 1).find((others) => others.length === 1)?.[0]
    const between = places.filter(
      (place) => (!above || firstOf(place) > firstOf(above)) && (!below || firstOf(place) < firstOf(below)),
    )
    return between.length === 1 ? between : places
  })
}

/** A hunk that was written twice is applied once. */
function unique(places: readonly Place[]): Place[] {
  const seen = new Map(places.map((place) => [`${firstOf(place)} ${changedAt(place)}`, place]))
  return [...seen.values()]
}

const nameOf = (index: number, total: number): string =>
  total > 1 ? `change ${index + 1} of ${total}` : 'the change'

function missing(path: string, hunk: Hunk, index: number, total: number, target: Target): Refusal {
  const name = nameOf(index, total)
  if (hunk.lines.every(({ mark }) => mark === '+')) {
    return refusal('no_context', `${path}: ${name} only adds lines; repeat the lines around them`)
  }
  if (hunk.lines.every(({ mark, text }) => mark === '+' || text.trim() === '')) {
    return refusal(
      'no_context',
      `${path}: ${name} shows only blank lines of the file; repeat lines with text around them`,
    )
  }
  return refusal('no_match', explainMissing(path, name, hunk, target))
}
