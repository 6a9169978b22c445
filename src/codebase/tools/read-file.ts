import { z } from 'zod'
import { showLines } from '../../core/tools/show-lines.ts'
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
  async ({ path, start, end, raw }, place) => {
    const file = await fileOf(path, place)
    if ('no' in file) return file.no
    return showLines(path, file.text, { start, end, raw })
  },
)
