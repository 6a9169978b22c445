/** Positions at which `pattern` stands in `text`, by Knuth, Morris and Pratt: linear on any input. */
export function occurrences(pattern: readonly string[], text: readonly string[]): number[] {
  if (pattern.length === 0 || pattern.length > text.length) return []
  const borders = bordersOf(pattern)
  const found: number[] = []
  let matched = 0
  for (let at = 0; at < text.length; at += 1) {
    while (matched > 0 && text[at] !== pattern[matched]) matched = borders[matched - 1]!
    if (text[at] === pattern[matched]) matched += 1
    if (matched < pattern.length) continue
    found.push(at - pattern.length + 1)
    matched = borders[matched - 1]!
  }
  return found
}

/** For each prefix the length of its longest proper prefix that is also its suffix. */
function bordersOf(pattern: readonly string[]): number[] {
  const borders = [0]
  let length = 0
  for (let at = 1; at < pattern.length; at += 1) {
    while (length > 0 && pattern[at] !== pattern[length]) length = borders[length - 1]!
    if (pattern[at] === pattern[length]) length += 1
    borders.push(length)
  }
  return borders
}
