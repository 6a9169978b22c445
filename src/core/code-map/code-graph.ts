import type { Edges } from './page-rank.ts'
import { partsOf } from './request-words.ts'
import { usedAs, type Definition, type MappedFile } from './symbols.ts'

/** Which file uses what another defines. An edge for each pair of files and each name; `name` is an index into `names`. */
export type CodeGraph = {
  readonly files: readonly MappedFile[]
  readonly names: readonly string[]
  /** Files that define a name, by the same index. */
  readonly definers: readonly (readonly number[])[]
  readonly edges: Edges & { readonly name: Int32Array }
  /** The words that each path and each defined name is made of. */
  readonly parts: ReadonlyMap<string, readonly string[]>
}

/** A name defined in more files than this says nothing about which of them is meant. */
const MOST_DEFINERS = 20
const MOST_EDGES = 1_000_000

/** Draws the graph of a code base. */
export function drawGraph(files: readonly MappedFile[]): CodeGraph {
  const { names, definers } = definersIn(files)
  const index = new Map(names.map((name, at) => [name, at]))
  const edges: Edge[] = []
  for (const [from, { symbols }] of files.entries()) {
    for (const [used, lines] of symbols.references) {
      const name = index.get(used)
      if (name !== undefined) connect(from, name, lines.length)
    }
  }
  return { files, names, definers, edges: listed(edges, files.length), parts: partsIn(files) }

  function connect(from: number, name: number, uses: number): void {
    const targets = definers[name]!
    // a name of its own is what a file means first
    if (targets.length > MOST_DEFINERS || targets.includes(from) || edges.length >= MOST_EDGES) return
    const weight = (Math.sqrt(uses) * telling(names[name]!)) / targets.length
    for (const to of targets) edges.push({ from, to, name, weight })
  }
}

type Edge = { readonly from: number; readonly to: number; readonly name: number; readonly weight: number }

function definersIn(files: readonly MappedFile[]): { names: string[]; definers: number[][] } {
  const byName = new Map<string, Set<number>>()
  for (const [at, { symbols }] of files.entries()) {
    for (const definition of symbols.definitions) {
      if (definition.kind === 'heading') continue
      const name = keyOf(definition)
      const known = byName.get(name)
      if (known) known.add(at)
      else byName.set(name, new Set([at]))
    }
  }
  return { names: [...byName.keys()], definers: Array.from(byName.values(), (files) => [...files]) }
}

function partsIn(files: readonly MappedFile[]): Map<string, readonly string[]> {
  const all = files.flatMap(({ path, symbols }) => [path, ...symbols.definitions.map(({ name }) => name)])
  return new Map(Array.from(new Set(all), (name) => [name, [...new Set(partsOf(name))]]))
}

/** The name by which others use it. */
export const keyOf = ({ name, kind }: Definition): string => usedAs(name, kind === 'method')

/** Long names of several words are seldom met by chance, private ones seldom meant by others (as in aider/repomap.py). */
function telling(name: string): number {
  const isCompound = /[a-z][A-Z]|[a-z]_[a-z]|[A-Z]_[A-Z]/.test(name)
  return (name.length >= 8 && isCompound ? 10 : 1) * (/^\.?_/.test(name) ? 0.1 : 1)
}

const listed = (edges: readonly Edge[], nodes: number): CodeGraph['edges'] => ({
  nodes,
  from: Int32Array.from(edges, ({ from }) => from),
  to: Int32Array.from(edges, ({ to }) => to),
  name: Int32Array.from(edges, ({ name }) => name),
  weight: Float64Array.from(edges, ({ weight }) => weight),
})
