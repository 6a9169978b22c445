import { NO_HINTS, refusal } from './edits.ts'
import type { FileEdit } from './edits.ts'
import { applyHunks } from './apply-hunks.ts'
import type { Patched } from './apply-hunks.ts'
import { explainAmbiguous } from './explain.ts'
import { findLazy } from './lazy.ts'
import { lineDiff } from './line-diff.ts'
import type { Budget } from './target.ts'
import { takeApart } from './text-file.ts'
import { leftOut } from './whole.ts'

type TextEdit = Extract<FileEdit, { kind: 'text' }>

/** Replaces a piece of text that stands once in the file; whole lines may also be found as a hunk is. */
export function replaceText(path: string, edit: TextEdit, content: string, budget: Budget): Patched {
  const { lines, eol } = takeApart(content)
  const [search, replace] = [edit.search, edit.replace].map((text) => text.replaceAll('\r\n', '\n'))
  const own = content.replaceAll('\r\n', '\n')
  const found = positionsOf(search!, own)
  if (found.length > 1) {
    const at = found.map((position) => own.slice(0, position).split('\n').length - 1)
    return refusal('ambiguous', explainAmbiguous(path, 'the text', at, lines))
  }
  const mixed = eol === '\r\n' ? own.length + lines.length - content.length > 1 : own !== content
  if (found.length === 0 || mixed) return asLines(path, search!, replace!, content, budget)

  const lazy = findLazy(path, takeApart(replace!).lines, new Set(lines.map((line) => line.trim())))
  if (lazy !== null) return leftOut(path, lazy)
  const [at] = found
  const result = own.slice(0, at) + replace! + own.slice(at! + search!.length)
  return { ok: true, content: eol === '\r\n' ? result.replaceAll('\n', '\r\n') : result, notes: [] }
}

const MOST = 7

/** Where the text stands and does not begin or end inside a word. */
function positionsOf(search: string, content: string): number[] {
  const found: number[] = []
  for (
    let at = content.indexOf(search);
    at >= 0 && found.length < MOST;
    at = content.indexOf(search, at + 1)
  ) {
    const end = at + search.length
    if (!isInsideWord(content, at) && !isInsideWord(content, end)) found.push(at)
  }
  return found
}

const isInsideWord = (text: string, at: number): boolean =>
  /\w\w/.test(text.slice(Math.max(0, at - 1), at + 1)) && at > 0

function asLines(path: string, search: string, replace: string, content: string, budget: Budget): Patched {
  const lines = lineDiff(takeApart(search).lines, takeApart(replace).lines)
  const hunk = { ...NO_HINTS, lines }
  return applyHunks(path, [{ hunks: [hunk], order: 'any', escaped: false }], content, budget)
}
