import { partsOf, wordsOfRequest } from '../code-map/request-words.ts'
import type { MappedFile } from '../code-map/symbols.ts'
import { filesMeant, readReferences } from '../references.ts'

/** What of some files a task is about. */
export type Wanted = {
  /** Names that its text says. */
  readonly names: ReadonlySet<string>
  /** Stems of all its words. */
  readonly words: ReadonlySet<string>
  /** What a name tells of it: the fewer names share a word with the text, the more this word tells. */
  worth(name: string): number
  /** Lines of a file that it points to, as in an error or a trace of the stack. */
  linesIn(path: string): readonly number[]
}

/** Reads a task's text, held against these files; `also` are names that it does not say and are meant all the same. */
export function wantedIn(text: string, files: readonly MappedFile[], also: readonly string[] = []): Wanted {
  const { names: said, words } = wordsOfRequest(text)
  const names = new Set([...said, ...also])
  const rarity = rarityOf(files, words)
  const lines = linesNamed(text, files)
  return {
    names,
    words,
    worth: (name) =>
      (names.has(name) ? NAMED : 0) + partsOf(name).reduce((sum, word) => sum + (rarity.get(word) ?? 0), 0),
    linesIn: (path) => lines.get(path) ?? [],
  }
}

/** A name that is said outright tells more than words ever do. */
const NAMED = 50

function rarityOf(files: readonly MappedFile[], words: ReadonlySet<string>): Map<string, number> {
  const all = files.flatMap(({ symbols }) => symbols.definitions)
  const bearing = new Map<string, number>()
  for (const { name } of all) {
    for (const word of new Set(partsOf(name))) {
      if (words.has(word)) bearing.set(word, (bearing.get(word) ?? 0) + 1)
    }
  }
  return new Map(Array.from(bearing, ([word, count]) => [word, Math.log(1 + all.length / count)]))
}

function linesNamed(text: string, files: readonly MappedFile[]): Map<string, number[]> {
  const paths = files.map(({ path }) => path)
  const named = new Map<string, number[]>()
  for (const reference of readReferences(text)) {
    for (const path of filesMeant(reference, paths))
      named.set(path, [...(named.get(path) ?? []), reference.line])
  }
  return named
}
