import type { Place } from './target.ts'

/** A line's indentation as the model wrote it, and as the file has it. */
export type IndentPair = { readonly written: string; readonly own: string }

export const indentOf = (line: string): string => /^[ \t]*/.exec(line)![0]

/** The indentation of every line that a place found in the file, by its position in the hunk. */
export function pairsOf(
  { hunk, at }: Pick<Place, 'hunk' | 'at'>,
  own: readonly string[],
): Map<number, IndentPair> {
  const pairs = new Map<number, IndentPair>()
  for (const [index, { mark, text, raw }] of hunk.lines.entries()) {
    const line = at[index]! >= 0 ? own[at[index]!]! : ''
    if (mark === '+' || line.trim() === '' || text.trim() === '') continue
    // a context line that lost the blank of the diff is not less indented
    const isRaw = mark === ' ' && raw.trimEnd() === line.trimEnd()
    pairs.set(index, { written: isRaw ? indentOf(line) : indentOf(text), own: indentOf(line) })
  }
  return pairs
}

/**
 * How to indent added lines so that they fit the file, learnt from the lines that both have. null when the pairs
 * contradict each other: then nothing can be learnt.
 */
export function learnIndent(pairs: readonly IndentPair[]): ((line: string) => string) | null {
  const known = new Map<string, string>()
  for (const { written, own } of pairs) {
    const before = known.get(written)
    if (before !== undefined && before !== own) return null
    known.set(written, own)
  }
  if ([...known].every(([written, own]) => written === own)) return (line) => line
  const shift = shiftOf(known)
  return (line) => {
    const indent = indentOf(line)
    if (line.length === indent.length) return ''
    const own = known.get(indent) ?? shift?.(indent) ?? grow(indent, known)
    return own + line.slice(indent.length)
  }
}

/** The same characters too many or too few in front of every line. */
function shiftOf(known: ReadonlyMap<string, string>): ((indent: string) => string | undefined) | null {
  const pairs = [...known]
  const [written, own] = pairs[0]!
  if (own.endsWith(written)) {
    const more = own.slice(0, own.length - written.length)
    if (pairs.length > 1 || written !== '') {
      if (pairs.every(([left, right]) => right === more + left)) return (indent) => more + indent
    }
  }
  if (written.endsWith(own)) {
    const less = written.slice(0, written.length - own.length)
    if (pairs.every(([left, right]) => left === less + right)) {
      return (indent) => (indent.startsWith(less) ? indent.slice(less.length) : undefined)
    }
  }
  return null
}

/** Counts steps from the nearest known indentation, a step being what the model, and the file, indent by. */
function grow(indent: string, known: ReadonlyMap<string, string>): string {
  const width = widthOf(indent)
  const nearest = [...known].reduce((best, pair) =>
    Math.abs(widthOf(pair[0]) - width) < Math.abs(widthOf(best[0]) - width) ? pair : best,
  )
  const step = stepOf([...known.keys(), indent])
  const ownStep = ownStepOf([...known.values()], known, step)
  const steps = Math.round((width - widthOf(nearest[0])) / step)
  if (steps >= 0) return nearest[1] + ownStep.repeat(steps)
  return nearest[1].slice(0, Math.max(0, nearest[1].length + steps * ownStep.length))
}

const TAB = 4
const widthOf = (indent: string): number => indent.length + (TAB - 1) * (indent.split('\t').length - 1)

/** The smallest difference between two indentations. */
function stepOf(indents: readonly string[]): number {
  const widths = [...new Set(indents.map(widthOf))].sort((left, right) => left - right)
  const steps = widths.slice(1).map((width, index) => width - widths[index]!)
  return steps.length > 0 ? Math.min(...steps) : TAB
}

function ownStepOf(indents: readonly string[], known: ReadonlyMap<string, string>, step: number): string {
  if (indents.some((indent) => indent.includes('\t'))) return '\t'
  const ratios = [...known].filter(([written]) => written !== '')
  const [written, own] = ratios[0] ?? ['', '']
  if (ratios.length === 0 || own === '') return ' '.repeat(step)
  return ' '.repeat(Math.max(1, Math.round((step * widthOf(own)) / widthOf(written))))
}

/** Languages in which a wrong indentation is another program. */
export const indentMatters = (path: string): boolean =>
  /\.(?:pyi?|ya?ml|pug|sass|haml|slim|coffee|nim|fsx?|elm|hs|purs|mk|gd|md|mdx|rst)$|(?:^|\/)makefile$/i.test(
    path,
  )
