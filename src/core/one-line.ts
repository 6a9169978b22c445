/** Text from outside on one line: nothing in it can start a line of its own, or hide what it says. */
export function onOneLine(text: string, longest: number): string {
  // far beyond what is kept, nothing is looked at
  const line = text
    .slice(0, 4 * longest)
    .toWellFormed()
    .replaceAll(INVISIBLE, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu
