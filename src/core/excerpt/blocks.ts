import { aboveComment, withEnds } from '../code-map/extent.ts'
import type { Definition, FileSymbols } from '../code-map/symbols.ts'
import { saidIn } from './said.ts'
import type { Wanted } from './wanted.ts'

/** Lines of a file that are shown together, counted from 0, the last included. */
export type Block = { readonly from: number; readonly to: number }

/** Lines around one that is pointed to, and around one that only says a name. */
const AROUND = 10
const NEAR = 3
/** Lines at the head of a file: what it imports. */
const MOST_OF_HEAD = 40
/** A definition beyond this is shown by its beginning, unless the task is about it. */
const LONG = 150

export type Blocks = {
  /** What the task is about. */
  readonly meant: readonly Block[]
  /** What stands around it, and all the rest. */
  readonly around: readonly Block[]
}

/** What of a file is worth being shown, the most telling first; blocks may overlap. */
export function blocksOf(
  path: string,
  lines: readonly string[],
  symbols: FileSymbols,
  wanted: Wanted,
): Blocks {
  const definitions = withEnds(symbols.definitions, lines.length)
  const pointed = wanted.linesIn(path).filter((line) => line <= lines.length)
  const said = saidIn(lines, definitions, wanted.words)
  const scored = definitions
    .map((definition, index) => ({
      definition,
      score: scoreOf(definition, symbols, wanted, pointed) + said[index]!,
    }))
    .sort((one, other) => other.score - one.score || one.definition.line - other.definition.line)
  const meant = scored.filter(({ score }) => score > 0).map(({ definition }) => definition)
  const used = definitions.filter((definition) => isUsedBy(meant, definition, symbols))
  const firstLine = definitions[0] ? definitions[0].line - 1 : lines.length
  const within = ({ from, to }: Block): Block => ({
    from: Math.max(0, from),
    to: Math.min(lines.length - 1, to),
  })
  const blockOf = (definition: Definition): Block => shown(definition, definitions, lines)
  return {
    meant: [
      ...pointed.map((line) => ({ from: line - 1 - AROUND, to: line - 1 + AROUND })),
      ...meant.map(blockOf),
      ...linesWith(wanted.names, lines).map((at) => ({ from: at - NEAR, to: at + NEAR })),
    ].map(within),
    around: [
      { from: 0, to: Math.min(firstLine, MOST_OF_HEAD) - 1 },
      ...used.map(blockOf),
      ...definitions.map(blockOf),
      { from: 0, to: lines.length - 1 },
    ].map(within),
  }
}

/** Does one of these use another definition of its file? */
const isUsedBy = (users: readonly Definition[], { name }: Definition, { references }: FileSymbols): boolean =>
  references.some(
    ([used, lines]) =>
      used.replace(/^\./, '') === name &&
      users.some(({ line, end }) => lines.some((at) => at >= line && at <= end)),
  )

function scoreOf(
  { name, line, end, kind }: Definition,
  { references }: FileSymbols,
  wanted: Wanted,
  pointed: readonly number[],
): number {
  const inside = (at: number): boolean => at >= line && at <= end
  const points = pointed.filter(inside).length * POINTED
  const uses = references.filter(
    ([used, lines]) => wanted.names.has(used.replace(/^\./, '')) && lines.some(inside),
  )
  // what stands in a class or a module is shown by itself
  const outer = kind === 'class' || kind === 'module' ? 0 : uses.length * USES_NAMED
  return wanted.worth(name) + outer + (kind === 'class' || kind === 'module' ? 0 : points)
}

const POINTED = 100
const USES_NAMED = 10

/** A definition with the comment above it; of one that holds others, and of a very long one, the beginning. */
function shown(definition: Definition, all: readonly Definition[], lines: readonly string[]): Block {
  const inside = all.filter(
    (other) => other !== definition && other.line > definition.line && other.end <= definition.end,
  )
  const from = aboveComment(definition.line - 1, lines)
  const first = Math.min(definition.end, ...inside.map(({ line }) => line - 1))
  return { from, to: Math.min(first, definition.line + LONG) - 1 }
}

/** Lines that say one of these names outright, the first of them. */
function linesWith(names: ReadonlySet<string>, lines: readonly string[]): number[] {
  if (names.size === 0) return []
  const found: number[] = []
  for (const [at, line] of lines.entries()) {
    if (found.length >= MOST_LINES) break
    if (
      line
        .slice(0, LONGEST)
        .match(NAME)
        ?.some((word) => names.has(word))
    )
      found.push(at)
  }
  return found
}

const MOST_LINES = 40
const LONGEST = 500
const NAME = /[\p{L}_$][\p{L}\p{N}_$]{1,99}/gu
