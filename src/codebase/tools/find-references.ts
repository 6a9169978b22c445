import { homedir } from 'node:os'
import { z } from 'zod'
import { joined, note } from '../../core/tools/bounded.ts'
import { said } from '../../core/tools/tool-card.ts'
import { shell, type ShellResult } from '../../workspace/shell.ts'
import { keptBack, tool, WORKSPACE } from './tool.ts'

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
    place.reader.expect('references')
    const { root, paths } = await place.look()
    const { stdout: searched, dropped } = await search(name, root, signal)
    const question = { root, paths, withheld: place.withheld.patterns, name, searched }
    const { found, kept } = await place.reader.ask('references', question, signal)
    const none = `${name} stands in no file of ${place.name} that may be shown.`
    const cut = found && found.cut > 0 ? note(`${found.cut} more lines are not shown`) : null
    const more =
      dropped === 0 ? null : note('there are more places than could be searched; a longer name finds fewer')
    return said(joined([found?.text ?? none, cut, more, keptBack(kept, 'file')]))
  },
)

/** A folder without git has nothing that says to leave it out. */
const NOT_OURS = ':(exclude,glob)**/node_modules/**'
/** Bytes of what the search says that are read. */
const MOST_OUTPUT = 1_000_000

/** Every line with this word. git searches without an index, so it reads no settings of the project, and follows no link. */
async function search(name: string, root: string, signal: AbortSignal): Promise<ShellResult> {
  const command = ['git', '--no-pager', 'grep', '--no-index', '--exclude-standard', '--no-color']
  const flags = ['-n', '-z', '-w', '-F', '-I', '--max-count=200', '-e', name, '--', './', NOT_OURS]
  const environment = { LC_ALL: 'C.UTF-8', HOME: homedir() }
  const found = await shell([...command, ...flags], { cwd: root, environment, keep: MOST_OUTPUT }, signal)
  signal.throwIfAborted()
  return found
}
