import { z } from 'zod'
import { onOneLine } from '../../core/one-line.ts'
import { fitLines, joined, note } from '../../core/tools/bounded.ts'
import { said } from '../../core/tools/tool-card.ts'
import { keptBack, tool, WORKSPACE } from './tool.ts'

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
  async ({ query, most }, place, signal) => {
    place.reader.expect('documentation')
    const { root, paths } = await place.look()
    // one more than asked for tells whether there is more
    const question = { root, paths, withheld: place.withheld.patterns, query, most: most + 1 }
    const { passages: found, kept } = await place.reader.ask('documentation', question, signal)
    const withheld = keptBack(kept, 'passage')
    if (found.length === 0)
      return said(
        joined([`Nothing in the documentation of ${place.name} says "${onOneLine(query, 100)}".`, withheld]),
      )
    const lines = found.slice(0, most).flatMap(({ path, line, title, text }) => {
      return [`${path}:${line}${title === '' ? '' : ` — ${onOneLine(title, 150)}`}`, ...excerpt(text), '']
    })
    const { text, shown } = fitLines(lines)
    const isCut = shown < lines.length || found.length > most
    const more = isCut ? note('there is more; ask with other words, or a larger "most"') : null
    return said(joined([text.trimEnd(), more, withheld]))
  },
)

/** Lines of one passage that are shown. */
const MOST_LINES = 12

const excerpt = (text: string): string[] => {
  const lines = text.split('\n').map((line) => `  ${line.slice(0, 300).trimEnd()}`)
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '  …'] : lines
}
