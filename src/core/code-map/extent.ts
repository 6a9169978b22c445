import type { Definition } from './symbols.ts'

/** Who reads a language line by line knows where a definition begins, and not where it ends: there the next one does. */
export function withEnds(definitions: readonly Definition[], count: number): Definition[] {
  if (definitions.some(({ line, end }) => end > line)) return [...definitions]
  return definitions.map((definition, index) => {
    const next = definitions[index + 1]
    return { ...definition, end: Math.max(definition.line, next ? next.line - 1 : count) }
  })
}

/** Comments and decorators right above a line belong to it. Lines are counted from 0. */
export function aboveComment(at: number, lines: readonly string[]): number {
  let from = at
  while (from > 0 && at - from < MOST_OF_COMMENT && COMMENT.test(lines[from - 1]!)) from -= 1
  return from
}

const MOST_OF_COMMENT = 12
const COMMENT = /^\s*(?:\/\/|\/\*|\*|#|@|""")/

/** For each line the index of the innermost definition that it belongs to, comments above included; -1 for none. */
export function ownersOf(definitions: readonly Definition[], lines: readonly string[]): Int32Array {
  const owners = new Int32Array(lines.length).fill(-1)
  // in order of their lines: what lies in another comes after it
  for (const [index, { line, end }] of withEnds(definitions, lines.length).entries())
    owners.fill(index, aboveComment(line - 1, lines), end)
  return owners
}
