import type { Hit } from '../code-map/search-hits.ts'
import type { Definition, FileSymbols } from '../code-map/symbols.ts'
import { usedAs } from '../code-map/symbols.ts'
import { onOneLine } from '../one-line.ts'

/** The places of a name, by what they are to it. */
export type Uses = {
  readonly definitions: readonly { readonly path: string; readonly definition: Definition }[]
  readonly uses: readonly Hit[]
  readonly mentions: readonly Hit[]
}

/** Tells definitions, uses in code and mere mentions apart, as far as the grammars know these files. */
export function sortUses(
  name: string,
  hits: readonly Hit[],
  symbols: ReadonlyMap<string, FileSymbols>,
): Uses {
  const definitions = Array.from(symbols, ([path, { definitions }]) =>
    definitions.filter((one) => one.name === name).map((definition) => ({ path, definition })),
  ).flat()
  const defined = new Set(definitions.map(({ path, definition }) => `${path}:${definition.line}`))
  const rest = hits.filter(({ path, line }) => !defined.has(`${path}:${line}`))
  const usedIn = new Map(Array.from(symbols, ([path, file]) => [path, linesOf(name, file)]))
  const isUse = ({ path, line }: Hit): boolean => usedIn.get(path)?.has(line) ?? false
  return {
    definitions: definitions.toSorted((one, other) => compare(one.path, other.path)),
    uses: rest.filter(isUse).toSorted(byPlace),
    mentions: rest.filter((hit) => !isUse(hit)).toSorted(byPlace),
  }
}

function linesOf(name: string, { references }: FileSymbols): Set<number> {
  const wanted = new Set([usedAs(name, false), usedAs(name, true)])
  return new Set(references.filter(([used]) => wanted.has(used)).flatMap(([, lines]) => lines))
}

const LONGEST = 200

/** The places as lines to read, each with its file and line. */
export function describeUses(name: string, { definitions, uses, mentions }: Uses): string[] {
  return [
    definitions.length === 0 ? `No definition of ${name} was found here.` : `Definitions of ${name}:`,
    ...definitions.map(
      ({ path, definition: { line, end, kind, signature } }) =>
        `${path}:${line}${end > line ? `-${end}` : ''} ${kind}  ${signature}`,
    ),
    ...group(`Uses in code (${placesIn(uses)}):`, uses),
    ...group(
      `Elsewhere: as a value, in comments, strings and other texts (${placesIn(mentions)}):`,
      mentions,
    ),
  ]
}

const group = (title: string, hits: readonly Hit[]): string[] =>
  hits.length === 0
    ? []
    : ['', title, ...hits.map(({ path, line, text }) => `${path}:${line}| ${onOneLine(text, LONGEST)}`)]

const placesIn = (hits: readonly Hit[]): string =>
  `${hits.length} in ${new Set(hits.map(({ path }) => path)).size} files`

const byPlace = (one: Hit, other: Hit): number => compare(one.path, other.path) || one.line - other.line

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
