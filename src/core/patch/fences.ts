/** A fenced block in a reply. */
export type Fence = {
  readonly info: string
  readonly lines: readonly string[]
  /** The last line of prose before it that says something. */
  readonly before: string
  readonly closed: boolean
}

/** The fenced blocks of a Markdown text, in order. A block ends at a bare fence as long as the one that opened it. */
export function fencesIn(lines: readonly string[]): Fence[] {
  const fences: Fence[] = []
  let before = ''
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', ticks, info = ''] = /^(\s{0,3})(`{3,}|~{3,})\s*([^`]*?)\s*$/.exec(lines[at]!) ?? []
    if (ticks === undefined) {
      if (lines[at]!.trim() !== '') before = lines[at]!
      continue
    }
    const end = closingOf(lines, at, ticks)
    const body = lines.slice(at + 1, end ?? lines.length)
    const inner =
      indent === '' ? body : body.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    fences.push({ info, lines: inner, before, closed: end !== null })
    before = ''
    at = end ?? lines.length
  }
  return fences
}

function closingOf(lines: readonly string[], start: number, ticks: string): number | null {
  const mark = ticks[0]!
  for (let at = start + 1; at < lines.length; at += 1) {
    const bare = lines[at]!.trim()
    const isClosing = bare.length >= ticks.length && bare === mark.repeat(bare.length)
    if (isClosing && /^\s{0,3}\S/.test(lines[at]!)) return at
  }
  return null
}
