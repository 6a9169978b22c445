import { isExistingTest } from '../protected.ts'
import { keyOf, type CodeGraph } from './code-graph.ts'
import { pageRank, sharesOf } from './page-rank.ts'
import { scoreTexts, type TextScore } from './text-scores.ts'
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
  const said = scoreTexts(
    graph.files.map(({ words }) => words ?? null),
    asked.words,
  )
  const rank = pageRank(edges, homesOf(graph, focus, asked, said))
  const flow = flowTo(graph, sharesOf(edges), rank)
  return graph.files
    .map(({ path, symbols: { definitions } }, file) => {
      const worth = asked.worth(path)
      const score = rank[file]! * worth
      const shares = sharesOfText(definitions.length, said[file] ?? null)
      const scored = definitions.map((definition, index) => {
        const { name } = definition
        const part = score * OWN * shares[index]! + (flow[file]?.get(keyOf(definition)) ?? 0) * worth
        return { ...definition, score: part * asked.boost(name) * (1 + asked.shared(name)) }
      })
      return { path, score, definitions: scored }
    })
    .sort((one, other) => other.score - one.score || compare(one.path, other.path))
}

/** What a file's own worth counts for its definitions, beside what others use of them. */
const OWN = 6
/** Of that, what goes by their texts, where these say anything of the request. */
const BY_TEXT = 0.8
/** How much more a name counts that the request says. */
const NAMED = 10
/** What a test tells is mostly about something else. */
const TEST_WORTH = 0.4

/** The request, held against names and paths. */
type Asked = {
  /** Names that the request says. */
  readonly names: ReadonlySet<string>
  readonly words: ReadonlySet<string>
  readonly boost: (name: string) => number
  readonly worth: (path: string) => number
  /** What the words that a name or path shares with the request tell: the fewer files bear one, the more. */
  readonly shared: (name: string) => number
}

function askedOf(graph: CodeGraph, { request }: Focus): Asked {
  const { names, words } = wordsOfRequest(request)
  const shared = sharedIn(graph, words)
  const asksForTests = words.has('test')
  return {
    names,
    words,
    boost: (name) => (names.has(name.replace(/^\./, '')) ? NAMED : 1),
    worth: (path) => (!asksForTests && isExistingTest(path) ? TEST_WORTH : 1),
    shared: (name) => shared.get(name) ?? 0,
  }
}

/** For each path and name that shares a word with the request, what these words tell. */
function sharedIn({ files, parts }: CodeGraph, words: ReadonlySet<string>): Map<string, number> {
  const bearing = new Map<string, number>()
  const seenIn = new Map<string, number>()
  for (const [file, { path, symbols }] of files.entries()) {
    count(path, file)
    for (const { name } of symbols.definitions) count(name, file)
  }
  const shared = new Map<string, number>()
  for (const [name, own] of parts) {
    let sum = 0
    for (const word of own) sum += rarityOf(word)
    if (sum > 0) shared.set(name, sum)
  }
  return shared

  function count(name: string, file: number): void {
    for (const word of parts.get(name) ?? []) {
      // once for each file
      if (!words.has(word) || seenIn.get(word) === file) continue
      seenIn.set(word, file)
      bearing.set(word, (bearing.get(word) ?? 0) + 1)
    }
  }

  function rarityOf(word: string): number {
    const count = bearing.get(word)
    return count === undefined ? 0 : Math.log(1 + files.length / count)
  }
}

/** Where the walker begins: at files that are open, that the request names, that define what it names, or share its words. */
function homesOf(
  { files }: CodeGraph,
  { request, open }: Focus,
  asked: Asked,
  said: readonly (TextScore | null)[],
): Float64Array {
  const before = new Set(open)
  const spoken = spokenIn(said)
  return Float64Array.from(files, ({ path, symbols: { definitions } }, index) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const named = request.includes(path) ? 100 : name.length > 3 && request.includes(name) ? 50 : 0
    const defines = definitions.filter((definition) => asked.names.has(definition.name)).length
    const best = definitions.reduce((most, definition) => Math.max(most, asked.shared(definition.name)), 0)
    // two words in one place tell far more than one word in two
    const alike = (2 * asked.shared(path) + best) ** 2 / 10 + SPOKEN * spoken[index]! ** 4
    return SOMEWHERE + (before.has(path) ? 100 : 0) + named + defines * 10 + alike
  })
}

/** What the text of a file says of the request, as a whole and at its best place, beside the file that says most: 0 to 1. */
function spokenIn(said: readonly (TextScore | null)[]): number[] {
  const scores = said.map((one) =>
    one ? one.whole + one.parts.reduce((most, part) => Math.max(most, part), 0) : 0,
  )
  const most = scores.reduce((top, score) => Math.max(top, score), 0)
  return scores.map((score) => (most > 0 ? score / most : 0))
}

/** The file whose text says most of a request is as good as one that defines three names of it; half as much is next to nothing. */
const SPOKEN = 30

/** The walker may begin anywhere, though seldom. */
const SOMEWHERE = 0.01

/** How a file's worth is shared out among so many definitions. */
function sharesOfText(count: number, said: TextScore | null): number[] {
  const squares = Array.from({ length: count }, (_, index) => (said?.parts[index] ?? 0) ** 2)
  const total = squares.reduce((sum, square) => sum + square, 0)
  return squares.map((square) => (total > 0 ? (1 - BY_TEXT) / count + (BY_TEXT * square) / total : 1 / count))
}

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
