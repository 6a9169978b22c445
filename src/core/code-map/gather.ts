import { onOneLine } from '../one-line.ts'
import {
  LONGEST_NAME,
  LONGEST_SIGNATURE,
  MOST_DEFINITIONS,
  MOST_NAMES,
  MOST_USES,
  usedAs,
  type Definition,
  type FileSymbols,
  type SymbolKind,
} from './symbols.ts'

/** By itself, as a member of something, or where a language does not tell. */
export type UseKind = 'use' | 'member' | 'either'

/** A name as a reader of code comes upon it, at an offset and on a line. */
export type Found = { readonly name: string; readonly at: number; readonly line: number } & (
  | { readonly as: UseKind }
  /** `head`: the text from its beginning to its body. */
  | { readonly as: 'definition'; readonly kind: SymbolKind; readonly end: number; readonly head: string }
)

/** What was found in a file, bounded and each once, what is local to a function left out. */
export function gatherSymbols(found: readonly Found[]): FileSymbols {
  const named = found.filter(({ name }) => name.length > 1 && name.length <= LONGEST_NAME)
  const defined = definitionsIn(named)
  // the name in a definition is no use of it
  return { definitions: withoutLocals([...defined.values()]), references: usesIn(named, defined) }
}

function definitionsIn(found: readonly Found[]): Map<number, Definition> {
  const defined = new Map<number, Definition>()
  for (const one of found) {
    if (one.as !== 'definition') continue
    const { name, at, line, kind, end, head } = one
    // a method is found as a function as well
    if (defined.has(at) ? kind !== 'method' : defined.size >= MOST_DEFINITIONS) continue
    defined.set(at, { name, kind, line, end, signature: signatureOf(head, kind) })
  }
  return defined
}

/** In order of their lines, so that what a definition lies in comes before it. */
function withoutLocals(definitions: readonly Definition[]): Definition[] {
  let until = 0
  return definitions
    .toSorted((one, other) => one.line - other.line)
    .filter(({ line, end, kind }) => {
      if (line < until) return false
      if (HOLDS_LOCALS.has(kind)) until = end
      return true
    })
}
const HOLDS_LOCALS: ReadonlySet<SymbolKind> = new Set(['function', 'method', 'constant'])

function usesIn(found: readonly Found[], defined: ReadonlyMap<number, unknown>): FileSymbols['references'] {
  const uses = new Map<string, number[]>()
  for (const { name, at, line, as } of found) {
    if (as === 'definition' || defined.has(at)) continue
    if (as !== 'member') add(usedAs(name, false), line)
    if (as !== 'use') add(usedAs(name, true), line)
  }
  return [...uses]

  function add(name: string, line: number): void {
    const lines = uses.get(name)
    if (!lines && uses.size < MOST_NAMES) uses.set(name, [line])
    // the reader goes through a file in order, so that equal lines come one after the other
    if (lines && lines.length < MOST_USES && lines.at(-1) !== line) lines.push(line)
  }
}

function signatureOf(head: string, kind: SymbolKind): string {
  const longest = SHORT.has(kind) ? LONGEST_SIGNATURE / 2 : LONGEST_SIGNATURE
  return onOneLine(head, longest).replace(/ ?(?:[{:]|=>|=)$/, '')
}
/** Of these the name says most. */
const SHORT: ReadonlySet<SymbolKind> = new Set(['constant', 'type', 'heading', 'interface'])
