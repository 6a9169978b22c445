/** The first line at or behind `from` that passes; -1 when none does. Looks at nothing before, so that many searches stay cheap. */
export function indexFrom(lines: readonly string[], from: number, passes: (line: string) => boolean): number {
  for (let at = from; at < lines.length; at += 1) {
    if (passes(lines[at]!)) return at
  }
  return -1
}
