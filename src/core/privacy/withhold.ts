import { readMessageFiles } from '../message-files.ts'

/** A text as it may be shown to the cloud. */
export type Withheld = {
  readonly text: string
  /** Private files whose content stood in it and does so no more. */
  readonly leftOut: readonly string[]
  /** Private files of which it holds a diff or a part that cannot be cut out: it must not be sent. */
  readonly inside: readonly string[]
}

type IsPrivate = (path: string) => boolean

/** Takes the private files out of a prompt that shows files as blocks with their path, and says which diffs remain. */
export function withhold(text: string, isPrivate: IsPrivate): Withheld {
  const lines = text.split('\n')
  const closingAfter = closings(lines)
  const kept: string[] = []
  const leftOut = new Set<string>()
  for (let index = 0; index < lines.length; index += 1) {
    const path = labelOf(lines[index]!, isPrivate)
    if (path === null) {
      kept.push(lines[index]!)
      continue
    }
    leftOut.add(path)
    kept.push(`(${path} is private and is not shown here)`)
    index = closingAfter(index)
  }
  const rest = kept.join('\n')
  return { text: rest, leftOut: [...leftOut], inside: privateIn(rest, isPrivate) }
}

/** Private files of which a text carries content, as far as it says whose content it is. */
export function privateIn(text: string, isPrivate: IsPrivate): string[] {
  const attached = readMessageFiles(text).files.map(({ path }) => path)
  const marked = [...text.matchAll(MARKS)].map((match) => match.slice(1).find((path) => path !== undefined)!)
  const fenced = text.split('\n').flatMap((line) => labelOf(line, isPrivate) ?? [])
  return [...new Set([...attached, ...marked, ...fenced].filter((path) => meansPrivate(path, isPrivate)))]
}

/** Is this path, or an end of it, private? Editors write paths from wherever they were started. */
export function meansPrivate(path: string, isPrivate: IsPrivate): boolean {
  const parts = path
    .trim()
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  const ends = parts.slice(-DEEPEST).map((_, at, some) => some.slice(at).join('/'))
  return ends.some(isPrivate)
}

/** Longer paths are looked at from their end. */
const DEEPEST = 24

/** What stands before the content of a file: git's diffs, the patches of agents, what agents show of a file. */
const MARKS = new RegExp(
  [
    String.raw`^diff --git "?a\/([^\n"]{1,400}?)"? "?b\/`,
    String.raw`^(?:\+\+\+|---) "?[ab]\/([^\n"\t]{1,400})`,
    String.raw`^\*\*\* (?:Add|Update|Delete) File: ([^\n]{1,400})`,
    String.raw`<(?:final_)?file_content path="([^"\n]{1,400})"`,
  ].join('|'),
  'gm',
)

/** The private path that a fence's first line names; null for any other line. */
function labelOf(line: string, isPrivate: IsPrivate): string | null {
  const label = /^\s{0,3}`{3,}([^`]{1,400})$/.exec(line)?.[1]
  if (label === undefined) return null
  const words = [label, ...label.split(/\s+/)].map((word) => word.trim().replace(/:\d[\d-]*$/, ''))
  return words.find((word) => word !== '' && meansPrivate(word, isPrivate)) ?? null
}

/** The line that closes the fence on a line; the last one of the text where none does. */
function closings(lines: readonly string[]): (line: number) => number {
  const next = new Map<string, number>()
  const closing: number[] = Array.from({ length: lines.length }, () => lines.length - 1)
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const [, ticks, label = ''] = /^\s{0,3}(`{3,})(.*)$/.exec(lines[index]!) ?? []
    if (ticks === undefined) continue
    closing[index] = next.get(ticks) ?? lines.length - 1
    if (label.trim() === '') next.set(ticks, index)
  }
  return (line) => closing[line]!
}
