import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Language as Grammar, Parser, Query, type Node, type QueryMatch } from 'web-tree-sitter'
import { gatherSymbols, type Found, type UseKind } from '../core/code-map/gather.ts'
import { SymbolKind, type FileSymbols } from '../core/code-map/symbols.ts'
import { symbolsInText } from '../core/code-map/text-symbols.ts'
import { languageOf, type Language } from './languages.ts'

/** Longest time for one file, in milliseconds: a grammar can be led to look for the end of something for very long. */
const LONGEST_MS = 1_000
/** Ways to read one place that the query holds open at once. */
const MOST_OPEN = 1_000

/** What a file defines and uses. A language without a grammar is read line by line, and so is what breaks its grammar. */
export async function readSymbols(path: string, text: string): Promise<FileSymbols> {
  const language = languageOf(path)
  if (!language) return symbolsInText(text)
  const reader = await readerOf(language)
  try {
    return gatherSymbols(findIn(text, reader))
  } catch {
    // it may run out of its own memory over one file, which must not cost the map of all others
    return symbolsInText(text)
  }
}

function findIn(text: string, { parser, query }: Reader): Found[] {
  const until = performance.now() + LONGEST_MS
  const isLate = (): boolean => performance.now() > until
  // what was begun and not ended would be gone on with
  parser.reset()
  using stack = new DisposableStack()
  const tree = parser.parse(text, null, { progressCallback: isLate })
  if (!tree) return []
  stack.defer(() => tree.delete())
  const matches = query.matches(tree.rootNode, { progressCallback: isLate, matchLimit: MOST_OPEN })
  return matches.flatMap((match) => foundIn(match, text))
}

type Reader = { readonly parser: Parser; readonly query: Query }
const readers = new Map<string, Promise<Reader>>()

/** Grammars are loaded when the first file of their language comes. */
function readerOf(language: Language): Promise<Reader> {
  const known = readers.get(language.grammar) ?? loadReader(language)
  readers.set(language.grammar, known)
  return known
}

const require = createRequire(import.meta.url)

async function loadReader({ grammar, query }: Language): Promise<Reader> {
  await Parser.init()
  const folder = join(require.resolve('@vscode/tree-sitter-wasm/package.json'), '..', 'wasm')
  const loaded = await Grammar.load(join(folder, `tree-sitter-${grammar}.wasm`))
  return { parser: new Parser().setLanguage(loaded), query: new Query(loaded, query) }
}

function foundIn({ captures }: QueryMatch, text: string): Found[] {
  const whole = captures.find(({ name }) => SymbolKind.safeParse(name).success)
  const named = captures.find((capture) => capture !== whole)
  if (!named) return []
  const { startIndex, startPosition } = named.node
  const found = { name: wordAt(text, startIndex), at: startIndex, line: startPosition.row + 1 }
  if (!whole) return [{ ...found, as: USES[named.name] ?? 'use' }]
  const { node } = whole
  const kind = SymbolKind.parse(whole.name)
  const end = node.endPosition.row + 1
  return [{ ...found, as: 'definition', kind, end, head: headOf(node, text) }]
}

const USES: Readonly<Record<string, UseKind>> = { use: 'use', member: 'member', either: 'either' }

/** Asking the tree for the text of each name costs more than all the rest. */
function wordAt(text: string, at: number): string {
  WORD.lastIndex = at
  return WORD.exec(text)?.[0] ?? ''
}
const WORD = /[\p{L}\p{N}_$#]{1,200}/uy

/** What stands before the body, with the keywords before it; of a value only its name and type, because it may be a secret. */
function headOf(node: Node, text: string): string {
  const isDeclarator = node.type === 'variable_declarator'
  const declaration = isDeclarator ? node.parent : node
  const outer = declaration?.parent?.type === 'export_statement' ? declaration.parent : declaration
  const start = outer?.startIndex ?? node.startIndex
  const value = node.childForFieldName('value') ?? node.childForFieldName('right')
  const body = node.childForFieldName('body') ?? value?.childForFieldName('body') ?? value
  return text.slice(start, Math.min(body?.startIndex ?? node.endIndex, start + MOST_OF_HEAD))
}
/** Cut to a line by the rules. */
const MOST_OF_HEAD = 600
