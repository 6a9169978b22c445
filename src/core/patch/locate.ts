import { linesBetween, type Hunk, type HunkLine } from './edit.ts'

/** A hunk's place: where in the file its old lines begin, and the part of the hunk that was matched there. */
export type Place = {
  readonly start: number
  readonly lines: readonly HunkLine[]
  readonly note: string | null
}

export type Located =
  | { readonly ok: true; readonly place: Place }
  | { readonly ok: false; readonly code: string; readonly reason: string }

type Level = { readonly note: string | null; readonly same: (inFile: string, inHunk: string) => boolean }

/** From exact to fuzzy. Each may only be wrong about white space or punctuation marks that look alike. */
const LEVELS: readonly Level[] = [
  { note: null, same: (one, other) => one === other },
  { note: 'trailing white space', same: (one, other) => one.trimEnd() === other.trimEnd() },
  { note: 'indentation', same: (one, other) => one.trim() === other.trim() },
  { note: 'white space and quotation marks', same: (one, other) => plain(one) === plain(other) },
]

/**
 * Finds the one place a hunk fits. Levels are tried from exact to fuzzy; at each, exactly one place is accepted. More
 * than one is decided only by an exact line number, else refused: somewhere plausible is not good enough.
 */
export function locate(hunk: Hunk, file: readonly string[]): Located {
  const running = hunk.text && locateText(hunk.text, file)
  if (running) return { ok: true, place: running }
  const whole = hunk.lines
  if (oldLines(whole).every((line) => line.trim() === ''))
    return { ok: false, code: 'no_context', reason: NO_CONTEXT }
  for (const lines of [whole, ...narrower(whole)]) {
    for (const level of LEVELS) {
      const starts = placesOf(oldLines(lines), file, level)
      const shrunk = lines === whole ? level.note : 'context at the edges left out'
      if (starts.length === 1) return { ok: true, place: { start: starts[0]!, lines, note: shrunk } }
      if (starts.length > 1) {
        const named = starts.find((start) => start + 1 === hunk.line)
        if (named !== undefined && lines === whole)
          return { ok: true, place: { start: named, lines, note: shrunk } }
        return { ok: false, code: 'ambiguous', reason: ambiguous(lines, starts) }
      }
    }
  }
  return { ok: false, code: 'no_match', reason: noMatch(whole, file) }
}

/** Running text that stands in the file exactly once, widened to whole lines; null when it does not. */
function locateText({ before, after }: NonNullable<Hunk['text']>, file: readonly string[]): Place | null {
  const whole = file.join('\n')
  const at = whole.indexOf(before)
  if (at === -1 || whole.includes(before, at + 1)) return null
  const from = whole.lastIndexOf('\n', at - 1) + 1
  const end = whole.indexOf('\n', at + before.length)
  const to = end === -1 ? whole.length : end
  const old = whole.slice(from, to)
  const changed = whole.slice(from, at) + after + whole.slice(at + before.length, to)
  const start = whole.slice(0, from).split('\n').length - 1
  return { start, lines: linesBetween(old.split('\n'), changed.split('\n')), note: null }
}

/** The lines a hunk expects to find. */
export const oldLines = (lines: readonly HunkLine[]): string[] =>
  lines.filter(({ kind }) => kind !== 'add').map(({ text }) => text)

const NO_CONTEXT =
  'the edit names no existing line, so there is no telling where it belongs: add the lines around it'

function placesOf(wanted: readonly string[], file: readonly string[], { same }: Level): number[] {
  const starts: number[] = []
  for (let start = 0; start + wanted.length <= file.length; start += 1) {
    if (wanted.every((line, offset) => same(file[start + offset]!, line))) starts.push(start)
  }
  return starts
}

/** Least lines a hunk must still find when context at its edges is given up. */
const LEAST_LINES = 2

/**
 * The hunk with context at its edges given up, one line after the other: models invent lines further away from the
 * change. What goes must be found in any case, and enough of the rest to be sure of the place.
 */
function narrower(lines: readonly HunkLine[]): HunkLine[][] {
  const head = lines.findIndex(({ kind }) => kind !== 'keep')
  const tail = lines.toReversed().findIndex(({ kind }) => kind !== 'keep')
  if (head === -1) return []
  const found: HunkLine[][] = []
  for (let cut = 1; cut <= head + tail; cut += 1) {
    for (let fromHead = Math.min(cut, head); fromHead >= 0; fromHead -= 1) {
      const fromTail = cut - fromHead
      if (fromTail > tail) continue
      const rest = lines.slice(fromHead, lines.length - fromTail)
      const firm = oldLines(rest).filter((line) => line.trim().length > 3)
      if (firm.length >= LEAST_LINES && rest.some(({ kind }) => kind === 'keep')) found.push(rest)
    }
  }
  return found
}

/** Without white space, with one kind of quotation mark and dash. */
const plain = (line: string): string =>
  line
    .replaceAll(/[‘’‚‛`]/g, "'")
    .replaceAll(/[“”„‟]/g, '"')
    .replaceAll(/[‐‑‒–—−]/g, '-')
    .replaceAll(/\s+/g, '')

function ambiguous(lines: readonly HunkLine[], starts: readonly number[]): string {
  const first = oldLines(lines).find((line) => line.trim() !== '') ?? ''
  const where = starts.slice(0, 6).map((start) => start + 1)
  return `the lines beginning ${JSON.stringify(first.trim())} stand in ${starts.length} places (lines ${where.join(', ')}): add lines around them that tell the places apart`
}

/** Names what was not found and shows the closest part of the file, so that a model can mend its edit. */
function noMatch(lines: readonly HunkLine[], file: readonly string[]): string {
  const wanted = oldLines(lines)
  const trimmed = new Set(file.map((line) => line.trim()))
  const missing = wanted.filter((line) => line.trim() !== '' && !trimmed.has(line.trim()))
  const lost = (missing.length > 0 ? missing : wanted).slice(0, 5).map((line) => `  ${line}`)
  const closest = closestStart(wanted, file)
  const excerpt = file
    .slice(closest, closest + Math.min(wanted.length + 2, 12))
    .map((line, at) => `  ${closest + at + 1}: ${line}`)
  const what =
    missing.length > 0
      ? 'these lines are not in the file'
      : 'these lines do not follow each other in the file'
  return [`${what}:`, ...lost, 'the closest place reads:', ...excerpt].join('\n')
}

function closestStart(wanted: readonly string[], file: readonly string[]): number {
  const words = new Set(wanted.map((line) => line.trim()).filter((line) => line !== ''))
  let best = { start: 0, score: -1 }
  for (let start = 0; start < file.length; start += 1) {
    const score = file.slice(start, start + wanted.length).filter((line) => words.has(line.trim())).length
    if (score > best.score) best = { start, score }
  }
  return best.start
}
