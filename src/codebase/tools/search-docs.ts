import { z } from 'zod'
import { onOneLine } from '../../core/one-line.ts'
import { fitLines, note } from '../../core/tools/bounded.ts'
import { said } from '../../core/tools/tool-card.ts'
import { tool, WORKSPACE } from './tool.ts'

/** What the project says about itself. */
export const searchDocs = tool(
  {
    name: 'search_docs',
    onlyReads: true,
    description:
      "Search the project's own documentation: its Markdown and text files, and the comments that document its code. Ranked, offline; each passage comes with its file and line.",
    input: z.strictObject({
      query: z.string().trim().min(1).max(500).describe('a few words, as they may stand there'),
      most: z.int().min(1).max(50).default(8).describe('passages to show'),
      ...WORKSPACE,
    }),
  },
  async ({ query, most }, place) => {
    // one more than asked for tells whether there is more
    const found = await place.documentation.search(await place.look(), query, most + 1)
    if (found.length === 0)
      return said(`Nothing in the documentation of ${place.name} says "${onOneLine(query, 100)}".`)
    const lines = found.slice(0, most).flatMap(({ path, line, title, text }) => {
      return [`${path}:${line}${title === '' ? '' : ` — ${onOneLine(title, 150)}`}`, ...excerpt(text), '']
    })
    const { text, shown } = fitLines(lines)
    const isCut = shown < lines.length || found.length > most
    return said(
      isCut ? `${text}\n${note('there is more; ask with other words, or a larger "most"')}` : text.trimEnd(),
    )
  },
)

/** Lines of one passage that are shown. */
const MOST_LINES = 12

const excerpt = (text: string): string[] => {
  const lines = text.split('\n').map((line) => `  ${line.slice(0, 300).trimEnd()}`)
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '  …'] : lines
}
