import { changedLines } from './mutants/changed-lines.ts'
import { faultsAt } from './mutants/faults.ts'
import { blanked, isBalanced, readSource, type Source } from './mutants/source.ts'
import { beginsFunction, isPoint } from './mutants/statements.ts'
import { isExistingTest } from './protected.ts'
import type { Language } from './source-text.ts'
import type { FileChange, Strength } from './task.ts'

/** One line of a file, written otherwise; lines count from 0. */
export type LineEdit = { readonly path: string; readonly at: number; readonly line: string }
/** A fault in one changed line, and how it is told: `src/a.ts:12 < became <=`. */
export type Mutant = LineEdit & { readonly told: string }

/** Do the gates notice whatever is wrong in the changed lines, as far as was tried? */
export const isStrong = ({ exercised, mutants, killed }: Strength): boolean =>
  exercised === true && mutants >= 2 && killed === mutants

/**
 * Small faults in the lines that a change wrote, spread over its files and lines, the most telling first. Always the
 * same for the same change. `contents` is what the changed files hold now.
 */
export function mutantsOf(diff: string, contents: ReadonlyMap<string, string>): Mutant[] {
  return alternate(changedSources(diff, contents).map(mutantsIn))
}

/** One of each line, the most telling of all lines first, then the second of each line. */
function mutantsIn({ source, changed }: Changed): Mutant[] {
  return changed
    .flatMap((at) => faultsAt(source, at).map((fault, round) => ({ fault, round, at })))
    .sort((one, other) => one.round - other.round || one.fault.rank - other.fault.rank || one.at - other.at)
    .map(({ fault: { was, became, line }, at }) => {
      const told = `${source.path}:${at + 1} ${shorten(was)} became ${shorten(became)}`
      return { path: source.path, at, line, told }
    })
}

const shorten = (code: string): string => {
  const bare = code.trim()
  if (bare === '') return 'nothing'
  return bare.length > 60 ? `${bare.slice(0, 60)}…` : bare
}

/** The first of each list, then the second of each, and so on. */
function alternate<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat()
}

/**
 * Places at which changed lines are about to run, one for each stretch of them and each function in it: code that
 * breaks off there tells whether the tests come by.
 */
export function exercisesOf(diff: string, contents: ReadonlyMap<string, string>): LineEdit[] {
  return changedSources(diff, contents).flatMap(({ source, changed }) =>
    stretches(changed).flatMap((stretch) => pointsIn(source, stretch)),
  )
}

/** The files with these lines in them. */
export function withLines(contents: ReadonlyMap<string, string>, edits: readonly LineEdit[]): FileChange[] {
  return [...Map.groupBy(edits, ({ path }) => path)].map(([path, edits]) => {
    const lines = (contents.get(path) ?? '').replaceAll('\r\n', '\n').split('\n')
    for (const { at, line } of edits) lines[at] = line
    return { path, content: lines.join('\n') }
  })
}

type Changed = { readonly source: Source; readonly changed: readonly number[] }

/** The changed lines that something runs, file by file; tests are not what is to be tested. */
function changedSources(diff: string, contents: ReadonlyMap<string, string>): Changed[] {
  return [...changedLines(diff)].flatMap(([path, lines]) => {
    const content = contents.get(path)
    const source = content === undefined || isExistingTest(path) ? null : readSource(path, content)
    if (!source) return []
    return [{ source, changed: [...lines].filter((at) => at < source.lines.length && !source.idle.has(at)) }]
  })
}

function stretches(lines: readonly number[]): number[][] {
  return lines.reduce<number[][]>((found, at) => {
    const last = found.at(-1)
    if (last?.at(-1) === at - 1) last.push(at)
    else found.push([at])
    return found
  }, [])
}

/** Lines above the change that are looked at for the statement it is a part of. */
const FARTHEST = 20

function pointsIn(source: Source, stretch: readonly number[]): LineEdit[] {
  const points = stretch.flatMap((at): LineEdit[] => {
    const within = bodyIn(source, at)
    if (within !== null) return [{ path: source.path, at, line: within }]
    return isPoint(source, at) ? [broken(source, at)] : []
  })
  // of a function's statements the first is enough
  const first = points.filter(({ at }, index) => index === 0 || beginsFunction(source, at))
  return first.length > 0 ? first : pointAbove(source, stretch[0]!)
}

/** The statement that a changed line is a part of. */
function pointAbove(source: Source, changed: number): LineEdit[] {
  for (let at = changed - 1; at >= Math.max(0, changed - FARTHEST); at -= 1) {
    const { code, indent } = source.lines[at]!
    if (code === '' || indent > source.lines[changed]!.indent) continue
    return isPoint(source, at) ? [broken(source, at)] : []
  }
  return []
}

const broken = ({ path, language, lines }: Source, at: number): LineEdit => {
  const { text, indent } = lines[at]!
  return { path, at, line: `${text.slice(0, indent)}${BREAKS[language]}\n${text}` }
}

const BREAKS: Readonly<Record<Language, string>> = {
  javascript: "throw new Error('broken off on purpose')",
  python: "raise RuntimeError('broken off on purpose')",
  go: 'panic("broken off on purpose")',
  rust: 'panic!("broken off on purpose");',
}

/** A function written in one line, with its body broken off; null where there is none. */
function bodyIn({ lines, language }: Source, at: number): string | null {
  const { text, marks } = lines[at]!
  if (language !== 'javascript') return null
  for (const { 0: body, index } of text.matchAll(/(?<=[{;)] )return\b|(?<==> )(?!\{).+?(?=[;,]?$)/g)) {
    const isReturn = body === 'return'
    if (!isReturn && !isBalanced(blanked(body, marks.slice(index)))) continue
    if (marks[index - 1] !== 'c') continue
    const instead = isReturn ? `${BREAKS.javascript}; return` : `{ ${BREAKS.javascript} }`
    return text.slice(0, index) + instead + text.slice(index + body.length)
  }
  return null
}
