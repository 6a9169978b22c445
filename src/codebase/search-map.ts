import { access } from 'node:fs/promises'
import { homedir } from 'node:os'
import { wordsOfRequest } from '../core/code-map/request-words.ts'
import { renderMap, type CodeMap } from '../core/code-map/render.ts'
import { rankHits, readHits } from '../core/code-map/search-hits.ts'
import { isWorthMapping } from '../core/code-map/worth-mapping.ts'
import { shell } from '../workspace/shell.ts'

export type Search = {
  readonly root: string
  /** Files that may be shown. */
  readonly paths: readonly string[]
  readonly request: string
  readonly tokens: number
}

/** A rough map for a request: the lines that declare something whose name shares a word with it. null where none does. */
export const searchMap = async (search: Search, signal: AbortSignal): Promise<CodeMap | null> =>
  searchWith((await findRipgrep()) ?? GIT_GREP, search, signal)

/** The same with this program. */
export async function searchWith(
  program: readonly string[],
  { root, paths, request, tokens }: Search,
  signal: AbortSignal,
): Promise<CodeMap | null> {
  const { names, words } = wordsOfRequest(request)
  const wanted = [...names, ...words].toSorted((one, other) => other.length - one.length).slice(0, MOST_WORDS)
  if (wanted.length === 0) return null
  const command = [...program, '-e', declaring(wanted), './']
  const environment = { LC_ALL: 'C.UTF-8', HOME: homedir() }
  const found = await shell(command, { cwd: root, environment, keep: MOST_OUTPUT }, signal)
  signal.throwIfAborted()
  const known = new Set(paths)
  const hits = readHits(found.stdout).filter(({ path }) => known.has(path) && isWorthMapping(path))
  return hits.length === 0 ? null : renderMap(rankHits(hits, wanted), tokens)
}

const MOST_WORDS = 30
const MOST_OUTPUT = 2_000_000

/** A line that declares a name with one of these words in it. They are letters and digits only. */
const declaring = (words: readonly string[]): string =>
  `(function|class|interface|type|enum|const|let|var|def|fn|func|struct|trait|macro_rules!) +[A-Za-z0-9_$]*(${words
    .map((word) => word.replaceAll(/[^\p{L}\p{N}_]/gu, '.'))
    .join('|')})`

// both stay in the folder and follow no links
const RIPGREP = [
  '--no-config',
  '--line-number',
  '--no-heading',
  '--color=never',
  '--ignore-case',
  '--null',
  '--max-columns=400',
  '--max-count=50',
]
/** git searches everywhere, and without an index it asks nothing of the project's own settings. */
export const GIT_GREP = [
  'git',
  '--no-pager',
  'grep',
  '--no-index',
  '--exclude-standard',
  '--no-color',
  '-n',
  '-z',
  '-i',
  '-I',
  '-E',
]

/** The program that comes with us, where there is one for this kind of machine. */
export async function findRipgrep(): Promise<string[] | null> {
  try {
    const { rgPath } = await import('@vscode/ripgrep')
    await access(rgPath)
    return [rgPath, ...RIPGREP]
  } catch {
    // an optional package that is not there: git searches as well, a little slower
    return null
  }
}
