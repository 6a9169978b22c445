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
  // four lists of numbers: an object for each of a hundred thousand edges is far more work to make, and to clear away
  const edges: EdgeLists = { from: [], to: [], name: [], weight: [] }
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
    if (targets.length > MOST_DEFINERS || targets.includes(from) || edges.from.length >= MOST_EDGES) return
    const weight = (Math.sqrt(uses) * telling(names[name]!)) / targets.length
    for (const to of targets) {
      edges.from.push(from)
      edges.to.push(to)
      edges.name.push(name)
      edges.weight.push(weight)
    }
  }
}

type EdgeLists = { readonly [Part in 'from' | 'to' | 'name' | 'weight']: number[] }

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
  const parts = new Map<string, readonly string[]>()
  const read = (name: string): void => {
    if (!parts.has(name)) parts.set(name, [...new Set(partsOf(name))])
  }
  for (const { path, symbols } of files) {
    read(path)
    for (const { name } of symbols.definitions) read(name)
  }
  return parts
}

/** The name by which others use it. */
export const keyOf = ({ name, kind }: Definition): string => usedAs(name, kind === 'method')

/** Long names of several words are seldom met by chance, private ones seldom meant by others (as in aider/repomap.py). */
function telling(name: string): number {
  const isCompound = /[a-z][A-Z]|[a-z]_[a-z]|[A-Z]_[A-Z]/.test(name)
  return (name.length >= 8 && isCompound ? 10 : 1) * (/^\.?_/.test(name) ? 0.1 : 1)
}

const listed = ({ from, to, name, weight }: EdgeLists, nodes: number): CodeGraph['edges'] => ({
  nodes,
  from: Int32Array.from(from),
  to: Int32Array.from(to),
  name: Int32Array.from(name),
  weight: Float64Array.from(weight),
})
