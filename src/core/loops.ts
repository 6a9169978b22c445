/** So often in a row a line is a loop. */
const IN_A_ROW = 4
/** Shorter lines are brackets and blanks, which code repeats. */
const SHORTEST_LINE = 20
/** Lines without this many letters are tables and rulers. */
const FEWEST_LETTERS = 8

/** Where a text goes round in circles, in words; null where it does not, or where the files it is about do so too. */
export function loopIn(text: string, sources: readonly string[]): string | null {
  const known = new Set(sources.flatMap((source) => repeatedLines(source.split('\n'))))
  const repeated = repeatedLines(text.split('\n')).find((line) => !known.has(line))
  if (repeated !== undefined)
    return `it repeats a line ${IN_A_ROW} times in a row or more: ${repeated.slice(0, 80)}`
  const share = freshShare(text)
  if (share >= LEAST_FRESH || sources.some((source) => freshShare(source) < LEAST_FRESH)) return null
  return `only ${Math.round(share * 100)} % of its end is not a repetition of itself`
}

/** Lines that stand several times in a row, as they are without the marks of a diff. */
function repeatedLines(lines: readonly string[]): string[] {
  const found: string[] = []
  let before = ''
  let times = 0
  for (const line of lines) {
    const bare = line.replace(/^[+-]/, '').trim()
    times = bare === before ? times + 1 : 1
    before = bare
    if (times === IN_A_ROW && bare.length >= SHORTEST_LINE && hasWords(bare)) found.push(bare)
  }
  return found
}

const hasWords = (line: string): boolean => (line.match(/\p{L}/gu)?.length ?? 0) >= FEWEST_LETTERS

/** Below this share of fresh pieces a text is one piece over and over. */
const LEAST_FRESH = 0.1
/** A model that is caught stays caught: its loop is at the end. */
const LOOKED_AT = 3_000
const SHORTEST_TEXT = 1_000
const PIECE = 24

/** How many of the pieces at the end of a text, one at every character, are not there twice: what a packer would find. */
function freshShare(text: string): number {
  const end = text.slice(-LOOKED_AT)
  if (end.length < SHORTEST_TEXT) return 1
  const pieces = new Set<string>()
  for (let at = 0; at + PIECE <= end.length; at += 1) pieces.add(end.slice(at, at + PIECE))
  return pieces.size / (end.length - PIECE + 1)
}
