import { homedir } from 'node:os'
import { z } from 'zod'
import type { Hit } from '../../core/code-map/search-hits.ts'
import { readHits } from '../../core/code-map/search-hits.ts'
import { isWorthMapping } from '../../core/code-map/worth-mapping.ts'
import { fitLines, joined, note } from '../../core/tools/bounded.ts'
import { describeUses, sortUses } from '../../core/tools/uses.ts'
import { said } from '../../core/tools/tool-card.ts'
import type { FileSymbols } from '../../core/code-map/symbols.ts'
import { shell } from '../../workspace/shell.ts'
import { readSymbols } from '../read-symbols.ts'
import { readSource } from '../source-file.ts'
import { tool, WORKSPACE } from './tool.ts'

/** Where a name is defined, and where it is used. */
export const findReferences = tool(
  {
    name: 'find_references',
    onlyReads: true,
    description:
      'Find where a name is defined and every line that uses it: functions, methods, classes, types, constants. Definitions come first, then uses in code, then mentions in comments, strings and other texts.',
    input: z.strictObject({
      name: z
        .string()
        .regex(
          /^[\p{L}_$#@][\p{L}\p{N}_$-]{0,99}$/u,
          'one name is expected, such as parseReply; without dots or brackets',
        )
        .describe('the name alone, such as parseReply'),
      ...WORKSPACE,
    }),
  },
  async ({ name }, place, signal) => {
    const { root, paths } = await place.look()
    const shown = new Set(paths.filter(isWorthMapping))
    const { hits, isAll } = await search(name, root, signal)
    const known = hits.filter(({ path }) => shown.has(path))
    if (known.length === 0) return said(`${name} stands in no file of ${place.name} that may be shown.`)
    const files = await readAll(known, root, signal)
    const uses = sortUses(
      name,
      known.filter(({ path }) => files.has(path)),
      files,
    )
    const lines = describeUses(name, uses)
    const { text, shown: count } = fitLines(lines)
    const cut = count < lines.length ? note(`${lines.length - count} more lines are not shown`) : null
    const more = isAll
      ? null
      : note('there are more places than could be searched; a longer name finds fewer')
    return said(joined([text, cut, more]))
  },
)

/** A folder without git has nothing that says to leave it out. */
const NOT_OURS = ':(exclude,glob)**/node_modules/**'
/** Bytes of what the search says that are read. */
const MOST_OUTPUT = 1_000_000

/** Every line with this word. git searches without an index, so it reads no settings of the project, and follows no link. */
async function search(
  name: string,
  root: string,
  signal: AbortSignal,
): Promise<{ hits: Hit[]; isAll: boolean }> {
  const command = ['git', '--no-pager', 'grep', '--no-index', '--exclude-standard', '--no-color']
  const flags = ['-n', '-z', '-w', '-F', '-I', '--max-count=200', '-e', name, '--', './', NOT_OURS]
  const environment = { LC_ALL: 'C.UTF-8', HOME: homedir() }
  const found = await shell([...command, ...flags], { cwd: root, environment, keep: MOST_OUTPUT }, signal)
  signal.throwIfAborted()
  return { hits: readHits(found.stdout), isAll: found.dropped === 0 }
}

/** Files that are read: a name in more of them is a word. Of those the first are parsed, and the search has to do for the rest. */
const MOST_READ = 600
const MOST_PARSED = 60
/** Characters that are parsed, about a third of a second: who asks waits for it, and others for this thread. */
const MOST_CHARACTERS = 300_000
const UNPARSED: FileSymbols = { definitions: [], references: [] }

/** What the grammars say of the files with a hit, those that may define it first; without those nobody is to be shown. */
async function readAll(
  hits: readonly Hit[],
  root: string,
  signal: AbortSignal,
): Promise<Map<string, FileSymbols>> {
  const declares = (hit: Hit): boolean => DECLARING.test(hit.text)
  const first = new Set([...hits.filter(declares), ...hits].map(({ path }) => path))
  const symbols = new Map<string, FileSymbols>()
  let left = MOST_CHARACTERS
  for (const path of [...first].slice(0, MOST_READ)) {
    const text = await readSource(root, path)
    signal.throwIfAborted()
    if (text === null) continue
    left -= text.length
    const isParsed = left >= 0 && symbols.size < MOST_PARSED
    symbols.set(path, isParsed ? await readSymbols(path, text) : UNPARSED)
  }
  return symbols
}

const DECLARING =
  /\b(?:function|class|interface|type|enum|const|let|var|def|fn|func|struct|trait|macro_rules|mod|static)\b/
