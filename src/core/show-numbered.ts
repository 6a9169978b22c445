import type { SourceFile } from './task.ts'

/**
 * One fenced file with its lines numbered: whole where it fits, else the parts around these words; null where nothing fits.
 * The fence is longer than any in the file, so that a Markdown file cannot close it.
 */
export function showNumbered(
  { path, content }: SourceFile,
  words: readonly string[],
  most: number,
): string | null {
  const lines = linesOf(content)
  const numbered = numberedLines(lines)
  const room = most - path.length - 20
  const chosen = fits(numbered, room) ? numbered : partsOf(lines, numbered, words, room)
  if (chosen.length === 0) return null
  const fence = '`'.repeat(longestTicks(content) + 1)
  return `${fence} ${path}\n${chosen.join('\n')}\n${fence}`
}

/** Is all of a file shown in so many characters? */
export const isShownWhole = ({ path, content }: SourceFile, most: number): boolean =>
  fits(numberedLines(linesOf(content)), most - path.length - 20)

const linesOf = (content: string): string[] => content.replace(/\r?\n$/, '').split('\n')

const numberedLines = (lines: readonly string[]): string[] =>
  lines.map((line, index) => `${index + 1}| ${line.slice(0, LONGEST_LINE).trimEnd()}`)

const fits = (numbered: readonly string[], room: number): boolean =>
  numbered.reduce((sum, line) => sum + line.length + 1, 0) <= room

const longestTicks = (content: string): number =>
  (content.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 2)

const LONGEST_LINE = 300
/** Lines shown around one that holds a word of the question. */
const AROUND = 12

function partsOf(
  lines: readonly string[],
  numbered: readonly string[],
  words: readonly string[],
  most: number,
): string[] {
  const low = words.map((word) => word.toLowerCase())
  const wanted = new Set<number>()
  lines.forEach((line, at) => {
    const lower = line.toLowerCase()
    if (!low.some((word) => lower.includes(word))) return
    for (let near = Math.max(0, at - AROUND); near <= Math.min(lines.length - 1, at + AROUND); near += 1)
      wanted.add(near)
  })
  const order = wanted.size > 0 ? [...wanted] : lines.keys()
  const shown: string[] = []
  let left = most
  let last = -1
  for (const at of order) {
    if (at !== last + 1) shown.push('…')
    left -= numbered[at]!.length + 3
    if (left < 0) return [...shown, '…']
    shown.push(numbered[at]!)
    last = at
  }
  return last === lines.length - 1 ? shown : [...shown, '…']
}
