import type { Rendering } from './answer-part.ts'
import { tellFiles } from './changed-files.ts'
import { applyAsContinue, isMangled, linesIn } from './continue-apply.ts'
import { fenced, languageOf } from './fenced.ts'
import { fittingStretches, type Stretch } from './stretches.ts'

/** Continue's chat: one block per file, whose info string names the file that its Apply button changes. */
export const CONTINUE_FORM: Rendering = {
  words: (text) => [text],
  change: (diff, files) => tellFiles(diff, files, { write, show }),
  attempt: (diff) => [show(diff)],
  test: ({ path, content }) => [write(path, null, content) ?? show(content)],
  log: (text) => [fenced(text, 'text as-it-was')],
}

/** A second word without an ending takes every button off a block; without one, Apply means the file that is open. */
const show = (text: string): string => fenced(text, 'diff by-hand')

function write(path: string, before: string | null, after: string): string | null {
  if (!isNameable(path)) return null
  // it types a block into an empty file as it is
  const isEmpty = before === null || before.trim() === ''
  const body = isEmpty ? wholeFile(before ?? '', after) : diffOf(path, before, after)
  return body === null || isMangled(body) ? null : fenced(body, `${blockLanguage(path)} ${path}`)
}

/** The line end in front of the closing fence is no part of a block, so a file that ends with one needs two. */
const wholeFile = (left: string, after: string): string | null =>
  after.includes('\r') || !after.endsWith(left) ? null : `${after.slice(0, after.length - left.length)}\n`

/** The diff of one file; null where it would not become the file to the letter. */
function diffOf(path: string, before: string, after: string): string | null {
  if (!keepsLineEnds(before, after)) return null
  const [old, wanted] = [linesIn(before), linesIn(after)]
  const target = wanted.join('\n')
  const bodyOf = (stretches: readonly Stretch[]): string =>
    [LAZY_LINE, `--- a/${path}`, `+++ b/${path}`, ...stretches.flatMap((one) => hunk(one, old.length))].join(
      '\n',
    )
  const fits = (body: string): boolean => !isMangled(body) && applyAsContinue(old, body) === target
  const stretches = fittingStretches(old, wanted, (tried) => fits(bodyOf(tried)))
  return stretches && bodyOf(stretches)
}

/** With such a line a block is not taken for the whole file, which a diff of a small file else would be. */
const LAZY_LINE = '... unified diff ...'

function hunk({ from, to, lines }: Stretch, length: number): string[] {
  // what stands behind the last line end is no line to others
  const last = lines.at(-1)
  const endsFile = last?.mark === ' ' && last.text === '' && from + lines.filter(isOld).length === length
  const shown = endsFile ? lines.slice(0, -1) : lines
  const range = (start: number, count: number): string => `${count === 0 ? start : start + 1},${count}`
  const header = `@@ -${range(from, shown.filter(isOld).length)} +${range(to, shown.filter(isNew).length)} @@`
  return [header, ...shown.map(({ mark, text }) => written(mark, text))]
}

const isOld = ({ mark }: { mark: string }): boolean => mark !== '+'
const isNew = ({ mark }: { mark: string }): boolean => mark !== '-'

/** A removed line that begins with `--` would be taken for a heading; white space before old lines does not count. */
const written = (mark: string, text: string): string =>
  mark === '-' && text.startsWith('--') ? `- ${text}` : `${mark}${text}`

/** An editor writes a file with the line ends it had. */
function keepsLineEnds(before: string, after: string): boolean {
  const [had, has] = [lineEndOf(before), lineEndOf(after)]
  return has === 'none' || (has !== 'several' && has === (had === 'none' ? '\n' : had))
}

function lineEndOf(text: string): string {
  const [first, ...others] = new Set(text.match(/\r?\n|\r/g))
  return others.length > 0 || first === '\r' ? 'several' : (first ?? 'none')
}

/** It cuts the info string at blanks, and shows no button for a name without an ending. */
const isNameable = (path: string): boolean =>
  /^(?!md|markdown|gfm|github-markdown)[^\s`\\&]+\.[0-9a-z]+$/i.test(path)

/** A block in a shell's language gets a button that runs it, one in Markdown is rewritten before it is shown. */
const blockLanguage = (path: string): string => {
  const language = languageOf(path)
  return RISKY[language] ?? language
}
const RISKY: Readonly<Record<string, string>> = {
  sh: 'shell',
  bash: 'shell',
  md: 'text',
  markdown: 'text',
  gfm: 'text',
  mermaid: 'text',
}
