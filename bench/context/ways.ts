import { contextParts, type ContextSetting } from '../../src/cascade/contest/coder-context.ts'
import type { Codebase } from '../../src/cascade/ports.ts'
import { findRipgrep, GIT_GREP } from '../../src/codebase/search-map.ts'
import { fitParts, type Part, type Piece } from '../../src/core/budget-context.ts'
import { rankHits, readHits } from '../../src/core/code-map/search-hits.ts'
import { wordsOfRequest } from '../../src/core/code-map/request-words.ts'
import { isWorthMapping } from '../../src/core/code-map/worth-mapping.ts'
import { inFence } from '../../src/core/fence.ts'
import type { PlacedLook } from '../../src/workspace/look.ts'
import { shell } from '../../src/workspace/shell.ts'
import type { KnownChange } from './known-changes.ts'

export type Ground = {
  readonly change: KnownChange
  readonly look: PlacedLook
  readonly codebase: Codebase
  /** Text of every file that may be shown. */
  readonly texts: ReadonlyMap<string, string>
}

/** A way to fill a room of so many tokens with a project: what a prompt would show. */
export type Way = (ground: Ground, tokens: number) => Promise<string>

const never = new AbortController().signal
const fitted = (parts: readonly Part[], tokens: number): string => fitParts(parts, tokens).texts.join('\n\n')

/** File after file, by their paths, as long as there is room. */
export const plainListing: Way = async ({ texts }, tokens) => {
  const pieces: Piece[] = []
  let left = tokens * CHARACTERS
  for (const path of [...texts.keys()].toSorted()) {
    const text = inFence(path, texts.get(path)!)
    if (text.length > left) continue
    left -= text.length
    pieces.push({ place: path, text })
  }
  return fitted([{ kind: 'pieces', name: 'files', share: 1, pieces }], tokens)
}

/** No token is longer, on average, in any of these ways. */
const CHARACTERS = 8
/** Lines that a search shows around one that it finds. */
const AROUND = 8

/** What a search for the request's words finds, the files with the rarest of them first, with some lines around. */
export const ripgrepOnly: Way = async ({ change, look: { root }, texts }, tokens) => {
  const { names, words } = wordsOfRequest(change.request)
  const wanted = [...new Set([...names, ...words])]
  if (wanted.length === 0) return ''
  const program = (await findRipgrep()) ?? GIT_GREP
  const pattern = `(${wanted.map((word) => word.replaceAll(/[^\p{L}\p{N}_]/gu, '.')).join('|')})`
  const environment = { LC_ALL: 'C.UTF-8', HOME: root, PATH: '/usr/bin:/bin' }
  const found = await shell(
    [...program, '-e', pattern, './'],
    { cwd: root, environment, keep: 20_000_000 },
    never,
  )
  const hits = readHits(found.stdout).filter(({ path }) => texts.has(path))
  const ranked = rankHits(hits, wanted).toSorted((one, other) => other.score - one.score)
  const pieces = ranked.map(({ path, definitions }) => {
    const near = definitions.flatMap(({ line }) =>
      Array.from({ length: 2 * AROUND + 1 }, (_, at) => line - AROUND + at),
    )
    return { place: path, text: inFence(path, linesOf(texts.get(path)!, new Set(near))) }
  })
  return fitted([{ kind: 'pieces', name: 'files', share: 1, pieces }], tokens)
}

/** In the form of an excerpt, so that what is seen can be read from it. */
function linesOf(text: string, shown: ReadonlySet<number>): string {
  const parts: string[] = []
  let hidden: number | null = null
  for (const [at, line] of [...text.replace(/\n$/, '').split('\n'), null].entries()) {
    if (line !== null && !shown.has(at + 1)) hidden ??= at + 1
    else if (hidden !== null) {
      parts.push(`[… code not shown: lines ${hidden} to ${at} …]`)
      hidden = null
    }
    if (line !== null && shown.has(at + 1)) parts.push(line)
  }
  return parts.join('\n')
}

/** What coders are shown without a plan, and with one that names the right files. */
export const unplanned: Way = async (ground, tokens) => coders(ground, [], tokens)
export const planned: Way = async (ground, tokens) => coders(ground, [...ground.change.lines.keys()], tokens)

async function coders(
  { change, look, codebase, texts }: Ground,
  filesOwned: string[],
  tokens: number,
): Promise<string> {
  const subtask = { id: '1', description: change.request, filesOwned, dependsOn: [] }
  const setting: ContextSetting = {
    task: { workspace: { kind: 'named', name: change.name } },
    brief: { request: change.request },
    memory: '',
    project: {
      base: 'base',
      files: async () => look.paths.filter(isWorthMapping),
      read: async (_, path) => texts.get(path),
      changes: async () => ({ written: [], removed: [] }),
    },
    ports: { codebase, limits: { contextCharacters: tokens * CHARACTERS } },
  }
  return fitted(await contextParts(subtask, 'base', setting, never), tokens)
}
