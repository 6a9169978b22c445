import { thoughtTagIn } from './diff-form.ts'

/** A text's lines as editors count them: behind the last line end there is one more, empty. */
export const linesIn = (text: string): string[] => text.split(/\r?\n/)

/**
 * What Continue's Apply button makes of a file by a diff: each hunk goes where its old lines are first found below the
 * hunk before it, white space at their beginning aside, and line numbers are not looked at. null when one is not found.
 * Retold from `core/edit/lazy/unifiedDiffApply.ts` of continuedev/continue.
 */
export function applyAsContinue(source: readonly string[], block: string): string | null {
  const keys = source.map((line) => line.trimStart())
  const result: string[] = []
  let at = 0
  for (const hunk of hunksIn(block)) {
    const start = find(keys, oldKeys(hunk), at)
    if (start < 0) return null
    result.push(...source.slice(at, start))
    at = start
    for (const line of hunk) {
      if (line.startsWith('+')) result.push(line.slice(1))
      else {
        if (!line.startsWith('-')) result.push(source[at]!)
        at += 1
      }
    }
  }
  return [...result, ...source.slice(at)].join('\n')
}

/** Does the page that shows an answer rewrite such a text? It does so with Markdown inside of blocks, formulas and thoughts. */
export const isMangled = (body: string): boolean =>
  thoughtTagIn(body) !== null || body.split('\n').some((line) => line.endsWith('$$') || opensMarkdown(line))

const opensMarkdown = (line: string): boolean => {
  const text = line.trim()
  return text.startsWith('```') && /md|markdown|gfm/.test(text)
}

function hunksIn(block: string): string[][] {
  const hunks: string[][] = []
  for (const line of linesIn(block)) {
    if (line.startsWith('---') || line.startsWith('+++')) continue
    if (line.startsWith('@@')) hunks.push([])
    else hunks.at(-1)?.push(line)
  }
  return hunks
}

const oldKeys = (hunk: readonly string[]): string[] =>
  hunk.filter((line) => !line.startsWith('+')).map((line) => line.slice(1).trimStart())

function find(keys: readonly string[], wanted: readonly string[], from: number): number {
  for (let start = from; start <= keys.length - wanted.length; start += 1) {
    if (wanted.every((key, index) => keys[start + index] === key)) return start
  }
  return -1
}
