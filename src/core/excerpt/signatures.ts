import type { NamePlaces } from '../code-map/find-names.ts'
import type { MappedFile } from '../code-map/symbols.ts'
import { inFence } from '../fence.ts'

/** What some files use that others may define. */
const MOST_NAMES = 300
/** A name that more files define says nothing about which is meant. */
const MOST_DEFINERS = 2
const MOST_OF_ONE = 12

/** Names that files use and do not define themselves, in the order in which they come. */
export function foreignNames(files: readonly MappedFile[]): string[] {
  const names = new Set<string>()
  for (const { symbols } of files) {
    const own = new Set(symbols.definitions.map(({ name }) => name))
    for (const [used] of symbols.references) {
      if (!own.has(used.replace(/^\./, ''))) names.add(used)
    }
  }
  return [...names].slice(0, MOST_NAMES)
}

/** How what they use is declared: for each file that declares it a fence with its path, the one with most of it first. */
export function signaturesIn(
  places: readonly NamePlaces[],
  texts: readonly string[],
): { path: string; text: string }[] {
  const byFile = new Map<string, Map<number, string>>()
  for (const { name, definitions } of places) {
    for (const { path, definition } of meantBy(name, definitions, texts)) {
      const lines = byFile.get(path) ?? new Map<number, string>()
      if (lines.size < MOST_OF_ONE) lines.set(definition.line, `${definition.line}| ${definition.signature}`)
      byFile.set(path, lines)
    }
  }
  return Array.from(byFile, ([path, lines]) => ({ path, lines }))
    .toSorted((one, other) => other.lines.size - one.lines.size || (one.path < other.path ? -1 : 1))
    .map(({ path, lines }) => ({
      path,
      text: inFence(
        path,
        [...lines]
          .sort(([one], [other]) => one - other)
          .map(([, line]) => line)
          .join('\n'),
      ),
    }))
}

type Places = NamePlaces['definitions']

/** Where several define a name, those count whose file is imported, as far as its name tells. */
function meantBy(name: string, definitions: Places, texts: readonly string[]): Places {
  const isMember = name.startsWith('.')
  const fitting = definitions.filter(({ definition }) => !isMember || definition.kind === 'method')
  const files = new Set(fitting.map(({ path }) => path))
  const imported = fitting.filter(({ path }) => texts.some((text) => mayImport(text, path)))
  if (imported.length > 0 && new Set(imported.map(({ path }) => path)).size <= MOST_DEFINERS) return imported
  return files.size <= MOST_DEFINERS && !isMember ? fitting : []
}

/** As imports write the end of a path: after a slash, a dot or a blank. */
function mayImport(text: string, path: string): boolean {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '')
  return ['/', '.', ' '].some((before) => text.includes(`${before}${stem}`))
}
