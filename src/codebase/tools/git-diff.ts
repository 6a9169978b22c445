import { z } from 'zod'
import { SwarmError } from '../../core/errors.ts'
import { holdsKey } from '../../core/secret-files.ts'
import { fitLines, joined, note } from '../../core/tools/bounded.ts'
import { whyHidden } from '../../core/tools/readable.ts'
import { isRevision } from '../../core/tools/revision.ts'
import { refused, said, type ToolAnswer } from '../../core/tools/tool-card.ts'
import { git, parts } from '../../workspace/git/git.ts'
import {
  fileOf,
  keptBack,
  Path,
  refusalOf,
  requirePath,
  tool,
  unlessPrivate,
  WORKSPACE,
  type Place,
} from './tool.ts'

const Revision = z
  .string()
  .refine(isRevision, 'a commit is expected, such as HEAD~1, main or 4bc2c46; no option, no range, no path')
const Line = z.int().min(1).max(10_000_000)

const Input = z.strictObject({
  show: z
    .enum(['diff', 'log', 'blame'])
    .default('diff')
    .describe('what changed, by whom and when, or line by line'),
  from: Revision.optional().describe('diff: older commit; log, blame: where to begin. Default: HEAD'),
  to: Revision.optional().describe('diff: newer commit. Default: the working tree'),
  path: Path.optional().describe('only this file; diff and log also take a folder'),
  start: Line.optional().describe('log, blame: first line of a range of that file'),
  end: Line.optional().describe('log, blame: last line'),
  most: z.int().min(1).max(500).default(30).describe('log: commits to show'),
  ...WORKSPACE,
})
type Input = z.infer<typeof Input>

/** What changed, who did it, and when. */
export const gitDiff = tool(
  {
    name: 'git_diff',
    onlyReads: true,
    description:
      'Show what changed: the working tree against HEAD, or two commits; with "show" the log of the project, a file or a range of lines, or the blame of a range. Untracked files are listed by name.',
    input: Input,
  },
  async (input, place, signal) => {
    const { path, start, end } = input
    if (path !== undefined) requirePath(path)
    const refusal = path === undefined ? null : refusalOf(path, place)
    if (refusal !== null) return refusal
    const ranged = start !== undefined || end !== undefined
    if ((ranged || input.show === 'blame') && path === undefined) throw bad('name the file in "path"', 'path')
    if (start !== undefined && end !== undefined && end < start)
      throw bad('"end" comes before "start"', 'end')
    const { root } = await place.look()
    const ask: Ask = (args) => git(args, { gitDir: '', workTree: root }, signal)
    if (!(await isRepository(ask, signal))) return refused(`${place.name} is not under git`)
    if (input.show === 'log') return log(input, ask)
    // what is private now may have stood elsewhere
    return unlessPrivate(await (input.show === 'blame' ? blame : diff)(input, place, ask), place)
  },
)

type Ask = (args: readonly string[]) => Promise<string>

const bad = (why: string, param: string): SwarmError => new SwarmError('bad-request', why, { param })

const isRepository = (ask: Ask, signal: AbortSignal): Promise<boolean> =>
  ask(['rev-parse', '--git-dir']).then(
    () => true,
    (error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof SwarmError) return false
      throw error
    },
  )

/** The commit that a name stands for: from there on only its hash is said. Throws 'bad-request' where there is none. */
async function commitOf(revision: string, param: 'from' | 'to', ask: Ask): Promise<string> {
  try {
    return (
      await ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
    ).trim()
  } catch (error) {
    if (error instanceof SwarmError && error.fault === 'internal') {
      throw bad(`there is no commit ${revision} here`, param)
    }
    throw error
  }
}

// whatever the project's own settings say, no program of theirs is run
const PLAIN = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--relative']
/** A path that means itself, whatever is in it. */
const literal = (path: string): string => `:(literal)${path}`

/** Files of one diff; a command line has an end. */
const MOST_FILES = 400

async function diff({ from, to, path }: Input, place: Place, ask: Ask): Promise<ToolAnswer> {
  const older = await commitOf(from ?? 'HEAD', 'from', ask)
  const ends = to === undefined ? [older] : [older, await commitOf(to, 'to', ask)]
  const only = path === undefined ? [] : [literal(path)]
  const changed = parts(await ask(['diff', '--name-only', '-z', ...PLAIN, ...ends, '--', ...only]))
  const hidden = changed.filter((file) => whyHidden(file) !== null)
  const readable = changed.filter((file) => whyHidden(file) === null)
  const files = readable.filter((file, at) => at >= MOST_FILES || !place.withheld.isPrivate(file))
  const untracked = to === undefined ? await untrackedIn(only, ask) : []
  const kept = readable.length - files.length
  const asked = files.slice(0, MOST_FILES - kept)
  const read = (): Promise<string> => ask(['diff', ...PLAIN, ...ends, '--', ...asked.map(literal)])
  const text = asked.length === 0 ? '' : await askOrSay(read)
  const sections = text.split(/^(?=diff --git )/m)
  const open = sections.filter((section) => !holdsKey(section))
  const lines = open.join('').trimEnd().split('\n')
  const { text: shown, shown: count } = fitLines(lines)
  const left = [...files.slice(MOST_FILES - kept), ...filesAfter(lines, count)]
  const secret = hidden.length + sections.length - open.length
  return said(
    joined([
      shown === '' ? 'Nothing has changed in files that may be shown.' : shown,
      left.length === 0 ? null : note(`cut; ask for each with "path": ${listed(left)}`),
      secret === 0 ? null : note(`${secret} changed files are not shown: they may hold secrets`),
      keptBack(kept, 'file'),
      untracked.length === 0 ? null : `Untracked, see read_file: ${listed(untracked)}`,
    ]),
  )
}

async function untrackedIn(only: readonly string[], ask: Ask): Promise<string[]> {
  const found = parts(await ask(['ls-files', '-z', '--others', '--exclude-standard', '--', ...only]))
  return found.filter((file) => whyHidden(file) === null)
}

/** The file whose diff was cut, and those that come after it. */
function filesAfter(lines: readonly string[], count: number): string[] {
  if (count >= lines.length) return []
  const headers = lines.flatMap((line, at) => {
    const path = /^diff --git a\/(.+) b\/\1$/.exec(line.slice(0, 2_000))?.[1]
    return path === undefined ? [] : [{ path, at }]
  })
  const cut = headers.findLast(({ at }) => at < count)
  return headers.filter((header) => header === cut || header.at >= count).map(({ path }) => path)
}

const MOST_NAMES = 50

const listed = (paths: readonly string[]): string => {
  const more = paths.length - MOST_NAMES
  return paths.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

const LOG_LINE = '--format=%h %ad %an: %s'

async function log({ from, path, start, end, most }: Input, ask: Ask): Promise<ToolAnswer> {
  const commit = await commitOf(from ?? 'HEAD', 'from', ask)
  const flags = [
    'log',
    '--no-color',
    '--no-show-signature',
    '--date=short',
    LOG_LINE,
    `--max-count=${most + 1}`,
  ]
  const range = rangeOf(start, end)
  const text =
    range === null || path === undefined
      ? await ask([...flags, commit, '--', path === undefined ? '.' : literal(path)])
      : await askOrSay(() => ask([...flags, '--no-patch', `-L${range}:${path}`, commit]))
  const lines = text.trimEnd().split('\n')
  if (lines[0] === '') return said('No commit has touched it.')
  const { text: shown, shown: count } = fitLines(lines.slice(0, most))
  const isAll = count === lines.length
  return said(
    isAll
      ? shown
      : `${shown}\n${note('there are older ones; ask with "from" as the last of these, or a larger "most"')}`,
  )
}

async function blame({ from, path = '', start, end }: Input, place: Place, ask: Ask): Promise<ToolAnswer> {
  const file = from === undefined ? await fileOf(path, place) : null
  if (file !== null && 'no' in file) return file.no
  const commit = from === undefined ? [] : [await commitOf(from, 'from', ask)]
  const range = rangeOf(start, end)
  const flags = ['blame', '--no-textconv', '--date=short', ...(range === null ? [] : [`-L${range}`])]
  const text = await askOrSay(() => ask([...flags, ...commit, '--', path]))
  if (holdsKey(text)) return refused(`${path} is not shown: it holds a private key`)
  const lines = text.trimEnd().split('\n')
  const { text: shown, shown: count } = fitLines(lines)
  if (count === lines.length) return said(shown)
  return said(`${shown}\n${note(`cut; ask again with "start": ${(start ?? 1) + count}`)}`)
}

const rangeOf = (start: number | undefined, end: number | undefined): string | null =>
  start === undefined && end === undefined ? null : `${start ?? 1},${end ?? ''}`

/** What git says of a range, of a file that is not there, or of far too much is for the one who asked. */
async function askOrSay(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof SwarmError) || error.fault !== 'internal') throw error
    throw new SwarmError('bad-request', error.message.slice(0, 300), { cause: error, param: 'path' })
  }
}
