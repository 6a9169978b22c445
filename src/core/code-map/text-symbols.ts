import { gatherSymbols, type Found } from './gather.ts'
import type { FileSymbols, SymbolKind } from './symbols.ts'

/** Definitions and headings in a text whose language nobody here reads, told by the words that lines begin with. */
export function symbolsInText(text: string): FileSymbols {
  const found: Found[] = []
  let at = 0
  for (const [index, line] of text.split('\n').entries()) {
    const one = definitionIn(line.slice(0, LONGEST_LINE), index + 1, at)
    if (one) found.push(one)
    at += line.length + 1
  }
  return gatherSymbols(found)
}

const LONGEST_LINE = 300

function definitionIn(line: string, number: number, at: number): Found | null {
  const [, heading] = HEADING.exec(line) ?? []
  if (heading !== undefined) return foundAs('heading', heading.slice(0, 80), line)
  const [, word = '', name] = DECLARED.exec(line) ?? []
  return name === undefined ? null : foundAs(KINDS[word] ?? 'type', name, line)

  function foundAs(kind: SymbolKind, name: string, head: string): Found {
    return { name, at, line: number, as: 'definition', kind, end: number, head }
  }
}

const HEADING = /^#{1,3} +(\S.{0,200})$/
// at most a few words before the one that declares
const DECLARED =
  /^\s{0,12}(?:[a-z@]{1,20}\s{1,4}){0,5}(class|interface|trait|enum|struct|record|object|module|namespace|def|fn|func|fun|function|sub)\s{1,4}([\p{L}_$][\p{L}\p{N}_$]{1,99})/u

const KINDS: Readonly<Record<string, SymbolKind>> = {
  class: 'class',
  struct: 'class',
  record: 'class',
  object: 'class',
  interface: 'interface',
  trait: 'interface',
  enum: 'enum',
  module: 'module',
  namespace: 'module',
  def: 'function',
  fn: 'function',
  func: 'function',
  fun: 'function',
  function: 'function',
  sub: 'function',
}
