import { isExistingTest } from '../protected.ts'
import { keyOf, type CodeGraph } from './code-graph.ts'
import { pageRank, sharesOf } from './page-rank.ts'
import { wordsOfRequest } from './request-words.ts'
import type { Definition } from './symbols.ts'

/** What somebody is about to do: in words, and with which files before him. */
export type Focus = { readonly request: string; readonly open: readonly string[] }

export type RankedFile = {
  readonly path: string
  readonly score: number
  readonly definitions: readonly RankedDefinition[]
}
export type RankedDefinition = Definition & { readonly score: number }

/** The files of a code base, those that matter most for the request first, with what each defines. */
export function rankCode(graph: CodeGraph, focus: Focus): RankedFile[] {
  const asked = askedOf(graph, focus)
  // there are far more edges than names
  const boosts = Float64Array.from(graph.names, asked.boost)
  const weight = graph.edges.weight.map((value, edge) => value * boosts[graph.edges.name[edge]!]!)
  const edges = { ...graph.edges, weight }
  const rank = pageRank(edges, homesOf(graph, focus, asked))
  const flow = flowTo(graph, sharesOf(edges), rank)
  return graph.files
    .map(({ path, symbols: { definitions } }, file) => {
      const worth = asked.worth(path)
      const score = rank[file]! * worth
      const least = (score * LEAST_PART) / definitions.length
      const scored = definitions.map((definition) => {
        const { name } = definition
        const part = least + (flow[file]?.get(keyOf(definition)) ?? 0) * worth
        return { ...definition, score: part * asked.boost(name) * (1 + asked.shared(name)) }
      })
      return { path, score, definitions: scored }
    })
    .sort((one, other) => other.score - one.score || compare(one.path, other.path))
}

/** Of a file's worth, what goes to its definitions whether anybody uses them or not. */
const LEAST_PART = 0.3
/** How much more a name counts that the request says. */
const NAMED = 10
/** What a test tells is mostly about something else. */
const TEST_WORTH = 0.4

/** The request, held against names and paths. */
type Asked = {
  /** Names that the request says. */
  readonly names: ReadonlySet<string>
  readonly boost: (name: string) => number
  readonly worth: (path: string) => number
  /** What the words that a name or path shares with the request tell: the fewer files bear one, the more. */
  readonly shared: (name: string) => number
}

function askedOf(graph: CodeGraph, { request }: Focus): Asked {
  const { names, words } = wordsOfRequest(request)
  const rarity = rarityOf(graph, words)
  const asksForTests = words.has('test')
  return {
    names,
    boost: (name) => (names.has(name.replace(/^\./, '')) ? NAMED : 1),
    worth: (path) => (!asksForTests && isExistingTest(path) ? TEST_WORTH : 1),
    shared: (name) => (graph.parts.get(name) ?? []).reduce((sum, word) => sum + (rarity.get(word) ?? 0), 0),
  }
}

function rarityOf({ files, parts }: CodeGraph, words: ReadonlySet<string>): Map<string, number> {
  const bearing = new Map<string, number>()
  for (const { path, symbols } of files) {
    const named = [path, ...symbols.definitions.map(({ name }) => name)]
    const born = new Set(named.flatMap((name) => parts.get(name) ?? []).filter((word) => words.has(word)))
    for (const word of born) bearing.set(word, (bearing.get(word) ?? 0) + 1)
  }
  return new Map(Array.from(bearing, ([word, count]) => [word, Math.log(1 + files.length / count)]))
}

/** Where the walker begins: at files that are open, that the request names, that define what it names, or share its words. */
function homesOf({ files }: CodeGraph, { request, open }: Focus, asked: Asked): Float64Array {
  const before = new Set(open)
  return Float64Array.from(files, ({ path, symbols: { definitions } }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const named = request.includes(path) ? 100 : name.length > 3 && request.includes(name) ? 50 : 0
    const defines = definitions.filter((definition) => asked.names.has(definition.name)).length
    const best = definitions.reduce((most, definition) => Math.max(most, asked.shared(definition.name)), 0)
    // two words in one place tell far more than one word in two
    const alike = (asked.shared(path) + best) ** 2 / 10
    return SOMEWHERE + (before.has(path) ? 100 : 0) + named + defines * 10 + alike
  })
}

/** The walker may begin anywhere, though seldom. */
const SOMEWHERE = 0.01

/** What the walker brings to each name, file by file. */
function flowTo(
  { files, names, edges }: CodeGraph,
  share: Float64Array,
  rank: Float64Array,
): Map<string, number>[] {
  const flow = files.map(() => new Map<string, number>())
  for (let edge = 0; edge < share.length; edge += 1) {
    const into = flow[edges.to[edge]!]!
    const name = names[edges.name[edge]!]!
    into.set(name, (into.get(name) ?? 0) + share[edge]! * rank[edges.from[edge]!]!)
  }
  return flow
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
