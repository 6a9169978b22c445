import { setImmediate as pause } from 'node:timers/promises'
import { readHits, type Hit } from '../../core/code-map/search-hits.ts'
import type { FileSymbols } from '../../core/code-map/symbols.ts'
import { isWorthMapping } from '../../core/code-map/worth-mapping.ts'
import { fitLines } from '../../core/tools/bounded.ts'
import { describeUses, sortUses } from '../../core/tools/uses.ts'
import { readSymbols } from '../read-symbols.ts'
import { readSource } from '../source-file.ts'
import type { Answers, Questions } from './tool-questions.ts'

/** The places of a name, from the lines that a search has found: definitions first, then uses, then mentions. */
export async function usesIn(
  { name, searched, root, paths }: Questions['references'],
  isWithheld: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Answers['references']> {
  const known = new Set(paths.filter(isWorthMapping))
  const hits = readHits(searched).filter(({ path }) => known.has(path))
  const withheld = new Set([...new Set(hits.map(({ path }) => path))].filter(isWithheld))
  const kept = withheld.size
  const open = hits.filter(({ path }) => !withheld.has(path))
  if (open.length === 0) return { found: null, kept }
  const files = await readAll(open, root, signal)
  const uses = sortUses(
    name,
    open.filter(({ path }) => files.has(path)),
    files,
  )
  const lines = describeUses(name, uses)
  const { text, shown } = fitLines(lines)
  return { found: { text, cut: lines.length - shown }, kept }
}

/** Files that are read: a name in more of them is a word. Of those the first are parsed, and the search has to do for the rest. */
const MOST_READ = 600
const MOST_PARSED = 60
/** Characters that are parsed, about a third of a second: who asks waits for it. */
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
    const text = readSource(root, path)
    if (text === null) continue
    left -= text.length
    const isParsed = left >= 0 && symbols.size < MOST_PARSED
    symbols.set(path, isParsed ? await parsed(path, text, signal) : UNPARSED)
  }
  return symbols
}

/** Others who ask get a word in between two files, and so does who leaves. */
async function parsed(path: string, text: string, signal: AbortSignal): Promise<FileSymbols> {
  await pause()
  signal.throwIfAborted()
  return readSymbols(path, text)
}

const DECLARING =
  /\b(?:function|class|interface|type|enum|const|let|var|def|fn|func|struct|trait|macro_rules|mod|static)\b/
