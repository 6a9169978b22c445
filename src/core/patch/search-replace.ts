import {
  cleanPath,
  linesBetween,
  looksLikePath,
  refuse,
  type FileEdit,
  type Hunk,
  type Reading,
} from './edit.ts'

const SEARCH = /^\s*[<-]{5,9}\s*(?:SEARCH|ORIGINAL|HEAD|OLD)?\b.*$/
const DIVIDE = /^\s*={5,9}\s*$/
const REPLACE = /^\s*[>+]{5,9}\s*(?:REPLACE|UPDATED|NEW)?\b.*$/
/** A line that shows that something was left out. */
export const ELLIPSIS =
  /^\s*(?:(?:\/\/|#|--|\/\*|<!--|\{\/\*)\s*)?(?:\.{3}|…)(?:\s*(?:existing|rest|remaining|unchanged|other).*)?\s*(?:\*\/\}?|-->)?$/i

/** Does a text hold at least one whole SEARCH/REPLACE block, or the beginning of one? */
export const holdsBlocks = (lines: readonly string[]): boolean =>
  lines.some((line) => SEARCH.test(line)) && lines.some((line) => DIVIDE.test(line))

/** Reads SEARCH/REPLACE blocks. The path is on the line before a block, in its fence, or the last one named. */
export function readSearchReplace(lines: readonly string[]): Reading {
  const files = new Map<string, Hunk[]>()
  const whole = new Map<string, string>()
  let path: string | null = null
  for (let at = 0; at < lines.length; at += 1) {
    if (!SEARCH.test(lines[at]!)) {
      path = pathNear(lines[at]!) ?? path
      continue
    }
    const divide = lines.findIndex((line, index) => index > at && DIVIDE.test(line))
    const end = lines.findIndex((line, index) => index > divide && REPLACE.test(line))
    if (divide === -1 || end === -1) return refuse('truncated', 'a SEARCH/REPLACE block is not closed')
    if (path === null) return refuse('no_path', 'a SEARCH/REPLACE block does not say which file it is for')
    const before = lines.slice(at + 1, divide)
    const after = lines.slice(divide + 1, end)
    if (before.every((line) => line.trim() === '')) {
      if (whole.has(path)) return refuse('bad_block', `two blocks create ${path}`)
      whole.set(path, after.join('\n'))
    } else files.set(path, [...(files.get(path) ?? []), ...splitAtEllipses(before, after)])
    at = end
  }
  const edits: FileEdit[] = [
    ...[...whole].map(([path, content]): FileEdit => ({ kind: 'hunks', path, hunks: [newContent(content)] })),
    ...[...files].map(([path, hunks]): FileEdit => ({ kind: 'hunks', path, hunks })),
  ]
  const both = [...whole.keys()].find((path) => files.has(path))
  if (both !== undefined)
    return refuse('bad_block', `a block with an empty SEARCH and others with text name ${both}`)
  if (edits.length === 0) return refuse('no_patch', 'there is no SEARCH/REPLACE block')
  return { ok: true, format: 'search/replace', edits }
}

/** Only additions: right for a file that does not exist yet or is empty. */
export const newContent = (content: string): Hunk => ({
  line: null,
  lines: content.split('\n').map((text) => ({ kind: 'add', text })),
})

/** "…" on both sides stands for the same lines: each part between is a place of its own. */
export function splitAtEllipses(before: readonly string[], after: readonly string[]): Hunk[] {
  const [left, right] = [pieces(before), pieces(after)]
  if (left.length === 1 || left.length !== right.length)
    return [{ lines: linesBetween(before, after), line: null }]
  return left
    .map((piece, index) => ({ lines: linesBetween(piece, right[index]!), line: null }))
    .filter(({ lines }) => lines.some(({ kind }) => kind !== 'keep'))
}

function pieces(lines: readonly string[]): string[][] {
  const found: string[][] = [[]]
  for (const line of lines) {
    if (ELLIPSIS.test(line)) found.push([])
    else found.at(-1)!.push(line)
  }
  return found
}

function pathNear(line: string): string | null {
  const fence = /^\s*(?:`{3,}|~{3,})\s*(?:[\w+-]+[\s:]+)?(\S+)\s*$/.exec(line)?.[1]
  const candidate = cleanPath(fence ?? line)
  return looksLikePath(candidate) && !/^\s*(?:`{3,}|~{3,})\w*$/.test(line) ? candidate : null
}
