/** Lines that must not leave, found wherever they stand. */
export type PrivateLines = {
  /** Whose lines they are, by line in its normal form. */
  readonly fileOf: ReadonlyMap<string, string>
  /** The lines by how they begin. */
  readonly byStart: ReadonlyMap<string, readonly string[]>
}

/** What is shorter says nothing of where it is from: `return result`. */
const LEAST = 16

/** Remembers the lines of private files. */
export function rememberLines(
  files: readonly { readonly path: string; readonly content: string }[],
): PrivateLines {
  const fileOf = new Map<string, string>()
  for (const { path, content } of files)
    for (const line of linesOf(content)) if (!fileOf.has(line)) fileOf.set(line, path)
  const byStart = Map.groupBy(fileOf.keys(), (line) => line.slice(0, LEAST))
  return { fileOf, byStart }
}

/**
 * The private lines in a text, each with its file. Blanks, quotes and the backslashes of JSON inside JSON do not count,
 * nor does what stands before or after a line, such as its number or a diff's mark.
 */
export function findLines(text: string, { fileOf, byStart }: PrivateLines): Map<string, string> {
  const found = new Map<string, string>()
  if (byStart.size === 0) return found
  const all = normal(text)
  for (let at = 0; at + LEAST <= all.length; at += 1) {
    for (const line of byStart.get(all.slice(at, at + LEAST)) ?? [])
      if (!found.has(line) && all.startsWith(line, at)) found.set(line, fileOf.get(line)!)
  }
  return found
}

/** The lines of a text that are long enough to be told apart, in the form in which they are compared. */
export const linesOf = (content: string): string[] =>
  content
    .split('\n')
    .map(normal)
    .filter((line) => line.length >= LEAST)

/** A line's end in JSON is a backslash and an n, so these go before the backslashes do. */
const normal = (text: string): string => text.replaceAll(/\\+[nrt]/g, '').replaceAll(/[\s\\"'`]+/g, '')
