import { drawGraph, type CodeGraph } from '../core/code-map/code-graph.ts'
import type { MappedFile } from '../core/code-map/symbols.ts'
import { wordsOfText } from '../core/code-map/text-words.ts'
import { isWorthMapping } from '../core/code-map/worth-mapping.ts'
import { readSymbols } from './read-symbols.ts'
import { readSource, stateOf, type FileState } from './source-file.ts'
import { keepCache, readCache, type KnownFile } from './symbol-cache.ts'

/** Symbols of one code base, brought up to date whenever it is asked. */
export type CodeIndex = {
  /** The graph of these files, as they are now. */
  graphOf(paths: readonly string[]): Promise<CodeGraph>
  /** Writes down for the next process what was read since the last time. */
  keep(): Promise<void>
}

/** Files of a larger code base are left out, the deepest first. */
const MOST_FILES = 20_000

/** Opens the index of the files below `root`, with what was kept of it in `cacheFolder`. */
export async function openIndex(root: string, cacheFolder: string | null): Promise<CodeIndex> {
  const kept = cacheFolder === null ? [] : await readCache(cacheFolder, root)
  let known = new Map(kept.map((file) => [file.path, file]))
  let graph: CodeGraph | null = null
  let isKept = true
  return {
    async graphOf(paths) {
      const states = chosenFrom(paths, known).flatMap((path) => stateOf(root, path) ?? [])
      const stale = states.filter((state) => !isSame(known.get(state.path), state))
      if (graph && stale.length === 0 && states.length === known.size) return graph
      const read = await readAll(root, stale)
      known = new Map(states.map((state) => [state.path, read.get(state.path) ?? known.get(state.path)!]))
      graph = drawGraph(mapped(known))
      isKept = false
      return graph
    },
    async keep() {
      if (isKept || cacheFolder === null) return
      isKept = true
      await keepCache(cacheFolder, root, [...known.values()])
    },
  }
}

const depthOf = (path: string): number => path.split('/').length

/** What is known was worth it, and need not be looked at again. */
function chosenFrom(paths: readonly string[], known: ReadonlyMap<string, unknown>): string[] {
  const worth = paths.filter((path) => known.has(path) || isWorthMapping(path))
  if (worth.length <= MOST_FILES) return worth
  return worth.toSorted((one, other) => depthOf(one) - depthOf(other)).slice(0, MOST_FILES)
}

const isSame = (known: KnownFile | undefined, { size, changedAt }: FileState): boolean =>
  known?.size === size && known.changedAt === changedAt

async function readAll(root: string, states: readonly FileState[]): Promise<Map<string, KnownFile>> {
  const read = new Map<string, KnownFile>()
  for (const state of states) {
    const text = readSource(root, state.path)
    read.set(state.path, { ...state, known: text === null ? null : await readFile(state.path, text) })
  }
  return read
}

async function readFile(path: string, text: string): Promise<KnownFile['known']> {
  const symbols = await readSymbols(path, text)
  return { symbols, words: wordsOfText(text, symbols.definitions) }
}

const mapped = (known: ReadonlyMap<string, KnownFile>): MappedFile[] =>
  [...known.values()].flatMap(({ path, known }) => (known === null ? [] : { path, ...known }))
