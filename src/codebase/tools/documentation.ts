import { setImmediate as pause } from 'node:timers/promises'
import MiniSearch from 'minisearch'
import { isWorthMapping } from '../../core/code-map/worth-mapping.ts'
import { passagesIn } from '../../core/tools/passages.ts'
import { readSource, stateOf, type FileState } from '../source-file.ts'
import type { Answers, FoundPassage, Questions } from './tool-questions.ts'

/** What the projects served say about themselves: their texts, and the comments that document their code. */
export type Documentation = {
  /** The best passages of these files for a question in words; brought up to date first. */
  search(
    question: Questions['documentation'],
    isWithheld: (path: string) => boolean,
    signal: AbortSignal,
  ): Promise<Answers['documentation']>
}

type Entry = FoundPassage & { readonly id: string }
type Shelf = { readonly index: MiniSearch<Entry>; known: Map<string, Known> }
type Known = FileState & { readonly ids: readonly string[] }

/** Projects held at once; the one asked longest ago goes. */
const MOST_HELD = 4
/** Passages of one project, so that the index stays small. */
const MOST_PASSAGES = 60_000
/** Files taken in before others who ask get a word in. */
const AT_ONCE = 32
/** Characters of a passage that are looked at, and shown. */
const LONGEST = 1_000

/** Opens the index. It is kept in memory, and each file is read again only when it has changed. */
export function createDocumentation(): Documentation {
  const shelves = new Map<string, Shelf>()
  let turn: Promise<unknown> = Promise.resolve()

  return {
    search(question, isWithheld, signal) {
      // two at once would each read what the other has read
      const answer = turn.then(async () => {
        const shelf = shelfOf(question.root)
        await bringUpToDate(shelf, question, signal)
        return find(shelf, question, isWithheld)
      })
      turn = answer.catch(() => null)
      return answer
    },
  }

  function shelfOf(root: string): Shelf {
    const shelf = shelves.get(root) ?? { index: newIndex(), known: new Map() }
    shelves.delete(root)
    shelves.set(root, shelf)
    const [oldest] = shelves.keys()
    if (shelves.size > MOST_HELD && oldest !== undefined) shelves.delete(oldest)
    return shelf
  }
}

const newIndex = (): MiniSearch<Entry> =>
  new MiniSearch<Entry>({
    fields: ['title', 'text'],
    storeFields: ['path', 'line', 'title', 'text'],
    searchOptions: { boost: { title: 3 }, prefix: (term) => term.length > 3, fuzzy: false },
  })

async function bringUpToDate(
  shelf: Shelf,
  { root, paths }: Questions['documentation'],
  signal: AbortSignal,
): Promise<void> {
  const states = paths.filter(isWorthMapping).flatMap((path) => stateOf(root, path) ?? [])
  const now = new Map(states.map((state) => [state.path, state]))
  const isStale = (state: FileState): boolean => {
    const known = shelf.known.get(state.path)
    return known?.size !== state.size || known.changedAt !== state.changedAt
  }
  const stale = states.filter(isStale)
  const gone = Array.from(shelf.known.values()).filter(({ path }) => !now.has(path))
  for (const { path, ids } of [...gone, ...stale.flatMap(({ path }) => shelf.known.get(path) ?? [])]) {
    shelf.index.discardAll(ids)
    shelf.known.delete(path)
  }
  for (const [at, state] of stale.entries()) {
    if (at % AT_ONCE === 0) await pause()
    // what was taken in by then stays for the next who asks
    signal.throwIfAborted()
    take(shelf, state, readSource(root, state.path))
  }
}

function take({ index, known }: Shelf, state: FileState, text: string | null): void {
  const { path } = state
  const entries = (text === null ? [] : passagesIn(path, text))
    .slice(0, Math.max(0, MOST_PASSAGES - index.documentCount))
    .map(({ line, title, text }) => {
      return { id: `${path}:${line}`, path, line, title, text: text.slice(0, LONGEST).toWellFormed() }
    })
  index.addAll(entries)
  known.set(path, { ...state, ids: entries.map(({ id }) => id) })
}

/** Passages with every word come first; where there is none, those with most of them have to do. */
function find(
  { index }: Shelf,
  { query, most }: Questions['documentation'],
  isWithheld: (path: string) => boolean,
): Answers['documentation'] {
  const strict = index.search(query, { combineWith: 'AND' })
  const found = strict.length > 0 ? strict : index.search(query)
  const passages: FoundPassage[] = []
  let kept = 0
  for (const { path, line, title, text } of found) {
    if (passages.length >= most) break
    if (isWithheld(path)) kept += 1
    else passages.push({ path, line, title, text })
  }
  return { passages, kept }
}
