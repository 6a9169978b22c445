import { align } from './align.ts'
import { counts, linesOf, oldLines } from './edits.ts'
import type { Hunk, HunkLine } from './edits.ts'
import { KEYS, hasEntity, unescapeHtml } from './likeness.ts'
import { locateParts, splitAtElisions, splitBetweenChanges } from './parts.ts'
import type { Place, Target } from './target.ts'

/**
 * All places where a hunk may belong, by the strictest reading of it that fits anywhere. One place is an answer, none
 * means that nothing fits, several that the hunk says too little.
 */
export function locate(hunk: Hunk, target: Target): Place[] {
  if (hunk.unmarked && hasMarksOfTheFile(hunk, target)) return []
  for (const strategy of STRATEGIES) {
    const places = strategy(hunk, target)
    if (places.length > 0) return places
  }
  return []
}

/** A line of the file that begins with a plus or a minus would, without a blank in front, be read as a change. */
const hasMarksOfTheFile = (hunk: Hunk, target: Target): boolean =>
  hunk.lines.some(({ mark, text }) => mark !== ' ' && text.trim() !== '' && target.has(mark + text))

/** From exact to fuzzy. Each may guess one kind of slip, and only where the rest of the hunk still proves the place. */
const STRATEGIES: readonly ((hunk: Hunk, target: Target) => Place[])[] = [
  asWritten,
  withoutLineNumbers,
  withoutEntities,
  withoutRepeatedContext,
  withDriftedContext,
  withForgottenPlus,
  (hunk, target) => locateParts(hunk, splitAtElisions(hunk), target, asWritten, 'between elided lines'),
  (hunk, target) => glued(hunk, target),
]

/** The hunk with nothing changed but blanks, blank lines and typographic punctuation. */
export function asWritten(hunk: Hunk, target: Target): Place[] {
  const unstripped = withRawContext(hunk)
  return first(
    () => align(hunk, 'exact', target, { note: null }),
    () =>
      unstripped && align(unstripped, 'exact', target, { note: 'context lines had lost their first blank' }),
    () => align(hunk, 'trailing', target, { note: 'ignoring blanks at line ends' }),
    () =>
      unstripped &&
      align(unstripped, 'trailing', target, { note: 'context lines had lost their first blank' }),
    () => align(hunk, 'trimmed', target, { note: IGNORING_INDENTATION }),
    () => align(hunk, 'punctuation', target, { note: 'ignoring typographic punctuation' }),
    () => align(hunk, 'trimmed', target, { note: 'ignoring blank lines', skipping: true }),
    () =>
      align(hunk, 'punctuation', target, { note: 'ignoring blank lines and punctuation', skipping: true }),
  )
}

export const IGNORING_INDENTATION = 'ignoring indentation'

/** Indentation included: where something else is guessed, it must tell inner blocks from outer ones. */
function toTheLetter(hunk: Hunk, target: Target): Place[] {
  const unstripped = withRawContext(hunk)
  return first(
    () => align(hunk, 'trailing', target, { note: null }),
    () => unstripped && align(unstripped, 'trailing', target, { note: null }),
  )
}

function first(...attempts: (() => Place[] | null)[]): Place[] {
  for (const attempt of attempts) {
    const places = attempt()
    if (places && places.length > 0) return places
  }
  return []
}

/** Context lines as they stand in the reply, first character included. */
function withRawContext(hunk: Hunk): Hunk | null {
  if (!hunk.lines.some(({ mark, text, raw }) => mark === ' ' && text !== raw)) return null
  return {
    ...hunk,
    lines: hunk.lines.map((line) => (line.mark === ' ' ? { ...line, text: line.raw } : line)),
  }
}

const renoted = (places: readonly Place[], note: string): Place[] =>
  places.map((place) => ({ ...place, note }))

const LINE_NUMBER = /^\s*\d{1,6}\s?(?:[|:│→]\s?|\t)/

/** The model copied a listing, numbers and all. */
function withoutLineNumbers(hunk: Hunk, target: Target): Place[] {
  const numbered = (lines: readonly HunkLine[]): boolean =>
    lines.length > 0 && lines.every(({ text }) => text.trim() === '' || LINE_NUMBER.test(text))
  if (!numbered(oldLines(hunk).filter(({ text }) => text.trim() !== ''))) return []
  const added = linesOf(hunk, '+')
  const addedToo = numbered(added)
  if (!addedToo && added.some(({ text }) => LINE_NUMBER.test(text))) return []
  const lines = hunk.lines.map((line) => {
    if (line.mark === '+' && !addedToo) return line
    const text = line.text.replace(LINE_NUMBER, '')
    return { mark: line.mark, text, raw: text }
  })
  return renoted(asWritten({ ...hunk, lines }, target), 'without the line numbers in front')
}

function withoutEntities(hunk: Hunk, target: Target): Place[] {
  if (!oldLines(hunk).some(({ text }) => hasEntity(text))) return []
  const lines = hunk.lines.map(({ mark, text, raw }) => ({
    mark,
    text: unescapeHtml(text),
    raw: unescapeHtml(raw),
  }))
  const places = asWritten({ ...hunk, lines }, target)
  return renoted(places, 'unescaped from HTML').map((place) => ({ ...place, unescaped: true }))
}

const MOST_DROPPED = 3

/**
 * Outermost context that is said twice. Lines next to a change stay, since they may be additions that lost their mark.
 */
function withoutRepeatedContext(hunk: Hunk, target: Target): Place[] {
  const { lines } = hunk
  const top = repeated(lines)
  const bottom = repeated(lines.toReversed())
  for (let total = 1; total <= top + bottom; total += 1) {
    const places: Place[] = []
    for (let above = Math.max(0, total - bottom); above <= Math.min(top, total); above += 1) {
      const rest = lines.slice(above, lines.length - (total - above))
      places.push(...solid(toTheLetter({ ...hunk, lines: rest, promised: null }, target)))
    }
    if (places.length > 0) return renoted(distinct(places), 'without context that was repeated')
  }
  return []
}

/** How many leading lines stand in the hunk once more and leave a context line to guard the first change. */
function repeated(lines: readonly HunkLine[]): number {
  const context = Math.max(
    0,
    lines.findIndex(({ mark }) => mark !== ' '),
  )
  const isRepeated = ({ text }: HunkLine, index: number): boolean =>
    lines.slice(index + 1).some((other) => other.mark !== '+' && other.text.trim() === text.trim())
  const kept = lines
    .slice(0, Math.min(MOST_DROPPED, context - 1))
    .findIndex((line, index) => !isRepeated(line, index))
  return kept < 0 ? Math.max(0, Math.min(MOST_DROPPED, context - 1)) : kept
}

/** Two lines with words in them are the least that may prove a place after something was guessed. */
const solid = (places: readonly Place[]): Place[] =>
  places.filter(({ hunk }) => oldLines(hunk).filter(({ text }) => KEYS.words(text).length >= 2).length >= 2)

function distinct(places: readonly Place[]): Place[] {
  const seen = new Map(places.map((place) => [changedAt(place), place]))
  return [...seen.values()]
}

/** What a place does to the file, whatever context led to it. */
export const changedAt = ({ hunk, at, gap }: Place): string =>
  hunk.lines
    .flatMap(({ mark, text }, index) =>
      mark === '+' ? [`+${gap[index]}:${text}`] : mark === '-' ? [`-${at[index]}`] : [],
    )
    .join('\n')

/** Context that differs in punctuation or comments; removed lines must be right. */
function withDriftedContext(hunk: Hunk, target: Target): Place[] {
  return solid(
    align(hunk, 'words', target, { note: 'context differs in punctuation or comments', skipping: true }),
  )
}

/** Context that is nowhere in the file and surrounded by additions, or that the header counts as added. */
function withForgottenPlus(hunk: Hunk, target: Target): Place[] {
  if (counts(hunk) === 'right') return []
  const strange = hunk.lines.map(({ mark, text }) => mark === ' ' && text.trim() !== '' && !target.has(text))
  if (!strange.includes(true)) return []
  const lines = hunk.lines.map((line, index) =>
    strange[index] ? { ...line, mark: '+' as const, text: unstripped(line, hunk) } : line,
  )
  const mended = { ...hunk, lines }
  if (counts(mended) !== 'right' && !isSurrounded(hunk.lines, strange)) return []
  return renoted(solid(asWritten(mended, target)), 'an added line had lost its mark')
}

/** An added line without its mark may start with a blank that belongs to it. */
function unstripped(line: HunkLine, hunk: Hunk): string {
  if (line.raw.startsWith(' \t')) return line.text
  const indents = linesOf(hunk, '+').map(({ text }) => text.length - text.trimStart().length)
  const width = line.raw.length - line.raw.trimStart().length
  return indents.some((indent) => (width - indent) % 2 === 0) ? line.raw : line.text
}

function isSurrounded(lines: readonly HunkLine[], strange: readonly boolean[]): boolean {
  const reaches = (index: number, step: number): boolean => {
    for (let at = index + step; at >= 0 && at < lines.length; at += step) {
      if (lines[at]!.mark === '+') return true
      if (!strange[at]) return false
    }
    return false
  }
  return strange.every((odd, index) => !odd || (reaches(index, -1) && reaches(index, 1)))
}

const MOST_GLUED = 3

/** One hunk that should have been several: split where context lines meet that are no neighbours in the file. */
function glued(hunk: Hunk, target: Target, depth = MOST_GLUED): Place[] {
  if (depth === 1) return []
  const places = splitBetweenChanges(hunk).flatMap((parts) =>
    locateParts(
      hunk,
      parts,
      target,
      (part, within) =>
        first(
          () => solid(asWritten(part, within)),
          () => solid(glued(part, within, depth - 1)),
        ),
      'split in two',
    ),
  )
  return distinct(places)
}
