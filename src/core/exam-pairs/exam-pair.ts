import { lineDiff } from '../patch/line-diff.ts'

/**
 * Two changes to one small file, of which one does what was asked. `check` is JavaScript that knows which: it is given
 * the file as `module` and node's `assert`, passes on the right one and fails on the wrong one.
 */
export type ExamPair = {
  readonly request: string
  readonly path: string
  readonly before: string
  readonly right: string
  readonly wrong: string
  readonly check: string
}

/** Both changes as git would show them, the right one first. */
export const diffsOf = ({ path, before, right, wrong }: ExamPair): [string, string] => [
  diffBetween(path, before, right),
  diffBetween(path, before, wrong),
]

/** The files are small: all of one is the context. */
function diffBetween(path: string, before: string, after: string): string {
  const lines = lineDiff(linesOf(before), linesOf(after))
  const old = lines.filter(({ mark }) => mark !== '+').length
  const fresh = lines.filter(({ mark }) => mark !== '-').length
  const head = `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n`
  return `${head}@@ -1,${old} +1,${fresh} @@\n${lines.map(({ mark, text }) => `${mark}${text}\n`).join('')}`
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')
