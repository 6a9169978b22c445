/** Characters of one answer of a tool: what a model reads at once without losing everything else. */
export const MOST_CHARACTERS = 40_000

/** Characters of one line; what is longer was written by no hand. */
export const LONGEST_LINE = 2_000

export type Cut = {
  readonly text: string
  /** Lines that are in it; the rest did not fit. */
  readonly shown: number
}

/** As many whole lines as fit, each cut where it is too long for anybody. */
export function fitLines(lines: readonly string[], most: number = MOST_CHARACTERS): Cut {
  const kept: string[] = []
  let left = most
  for (const line of lines) {
    const short = shortLine(line)
    left -= short.length + 1
    if (left < 0) break
    kept.push(short)
  }
  return { text: kept.join('\n'), shown: kept.length }
}

function shortLine(line: string): string {
  if (line.length <= LONGEST_LINE) return line
  const rest = line.length - LONGEST_LINE
  return `${line.slice(0, LONGEST_LINE).toWellFormed()}… [${rest} more characters of this line are not shown]`
}

/** A note of ours on its own line: a text that ends early says so, and how to get the rest. */
export const note = (words: string): string => `[${words}]`

/** Texts below each other, empty ones left out. */
export const joined = (parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join('\n\n')
