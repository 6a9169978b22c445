import { z } from 'zod'
import { fitLines, note } from '../../core/tools/bounded.ts'
import { refused, said } from '../../core/tools/tool-card.ts'
import { fileOf, Path, tool, WORKSPACE } from './tool.ts'

const Line = z.int().min(1).max(10_000_000)

/** A file, or some of its lines. */
export const readFile = tool(
  {
    name: 'read_file',
    onlyReads: true,
    description:
      'Read a text file of the workspace, whole or a range of lines, with line numbers. Ignored files and files with secrets are not shown.',
    input: z.strictObject({
      path: Path.describe('relative to the workspace, such as src/main.ts'),
      start: Line.optional().describe('first line, counted from 1'),
      end: Line.optional().describe('last line, included'),
      raw: z.boolean().default(false).describe('without line numbers'),
      ...WORKSPACE,
    }),
  },
  async ({ path, start = 1, end, raw }, place) => {
    const file = await fileOf(path, place)
    if ('no' in file) return file.no
    const lines = file.text.replace(/\r?\n$/, '').split('\n')
    const last = Math.min(end ?? lines.length, lines.length)
    if (start > lines.length)
      return refused(`${path} has ${lines.length} lines; line ${start} is beyond its end`)
    if (last < start) return refused(`"end" (${last}) comes before "start" (${start})`)
    const wanted = lines.slice(start - 1, last)
    const { text, shown } = fitLines(raw ? wanted : wanted.map((line, at) => `${start + at}| ${line}`))
    const until = start + shown - 1
    const rest = `lines ${until + 1}–${last} are not shown; ask again with "start": ${until + 1}`
    const around = last < lines.length || start > 1 ? `lines ${start}–${until} of ${lines.length}` : null
    const notes = [shown < wanted.length ? rest : null, around].filter((one) => one !== null)
    return said(notes.length === 0 ? text : `${text}\n${note(notes.join('; '))}`)
  },
)
