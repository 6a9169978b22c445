import { hasOddBreaks, linesOf } from './aider-blocks.ts'
import { fittingStretches, newText, oldText, type Stretch } from './stretches.ts'

/** aider's `udiff`: hunks without line numbers. The old lines have to stand in the file exactly once. */
export function writeHunks(path: string, before: string | null, after: string): string | null {
  if (hasOddBreaks(`${before ?? ''}${after}`)) return null
  const wanted = endLine(after)
  const stretches = fittingStretches(
    linesOf(before ?? ''),
    linesOf(after),
    (tried) => endLine(applyHunks(before ?? '', tried) ?? '\0') === wanted && isReadable(tried),
  )
  return stretches && stretches.length > 0 ? written(path, before === null, stretches) : null
}

const written = (path: string, isNew: boolean, stretches: readonly Stretch[]): string =>
  [
    '```diff',
    // behind /dev/null it takes `b/` for a prefix
    ...(isNew
      ? ['--- /dev/null', `+++ ${path.startsWith('b/') ? 'b/' : ''}${path}`]
      : [`--- ${path}`, `+++ ${path}`]),
    ...stretches.flatMap(({ lines }) => ['@@ ... @@', ...lines.map(({ mark, text }) => `${mark}${text}`)]),
    '```',
  ].join('\n')

/**
 * What aider makes of a file by these hunks, one after the other; null when one does not apply. Retold from
 * `aider/coders/udiff_coder.py` of Aider-AI/aider, without its guesses at what was meant.
 */
function applyHunks(before: string, stretches: readonly Stretch[]): string | null {
  let text = before
  for (const stretch of stretches) {
    const old = plain(oldText(stretch))
    const put = plain(newText(stretch))
    // what is put at the end is not always emptied like the rest
    if (old.trim() === '' && newText(stretch).some((line) => line !== '' && line.trim() === '')) return null
    if (old.trim() === '') text += put
    else {
      const at = text.indexOf(old)
      // all places would be replaced
      if (at < 0 || text.includes(old, at + 1)) return null
      text = text.slice(0, at) + put + text.slice(at + old.length)
    }
    if (text === '') return null
  }
  return text
}

/** It empties lines of nothing but white space. */
const plain = (lines: readonly string[]): string =>
  lines.map((line) => `${line.trim() === '' ? '' : line}\n`).join('')

/** An added line that looks like a heading breaks its reading; of two equal hunks it drops one. */
function isReadable(stretches: readonly Stretch[]): boolean {
  const bodies = stretches.map(({ lines }) => lines.map(({ mark, text }) => `${mark}${text}`).join('\n'))
  return new Set(bodies).size === bodies.length && !bodies.some((body) => /^\+\+\+ /m.test(body))
}

const endLine = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
