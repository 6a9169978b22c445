import { languageOf } from './fenced.ts'
import type { Fence } from './form.ts'
import { fittingStretches, newText, oldText, type Stretch } from './stretches.ts'

/** aider's `diff`: SEARCH/REPLACE blocks under the file's path. The first place where the searched lines stand is meant. */
export function writeBlocks(path: string, before: string | null, after: string, fence: Fence): string | null {
  if (hasOddBreaks(`${before ?? ''}${after}`)) return null
  const blocks = blocksFor(path, before ?? '', after, fence)
  // only its last line end may have changed, which a block does not show
  if (blocks === null || blocks.length === 0) return null
  return blocks.map((block) => written(path, block, fence)).join('\n\n')
}

/** Lines to be found, and lines that take their place. */
type Block = { readonly search: readonly string[]; readonly replace: readonly string[] }

function blocksFor(path: string, before: string, after: string, fence: Fence): Block[] | null {
  const wanted = linesOf(after)
  const blocksOf = (stretches: readonly Stretch[]): Block[] =>
    stretches.map((stretch) => ({
      search: wrapped(oldText(stretch), path),
      replace: wrapped(newText(stretch), path),
    }))
  const becomes = (blocks: readonly Block[]): boolean =>
    sameLines(applyBlocks(before, blocks, path, fence), wanted)
  const stretches = fittingStretches(linesOf(before), wanted, (tried) => becomes(blocksOf(tried)))
  return stretches && blocksOf(stretches)
}

const written = (path: string, { search, replace }: Block, { opens, closes }: Fence): string =>
  [path, `${opens}${languageOf(path)}`, SEARCH, ...search, DIVIDER, ...replace, REPLACE, closes].join('\n')

const SEARCH = '<<<<<<< SEARCH'
const DIVIDER = '======='
const REPLACE = '>>>>>>> REPLACE'
const MARK = /^\s*(?:<{5,9} SEARCH>?|={5,9}|>{5,9} REPLACE)\s*$/

/**
 * What aider makes of a file by these blocks, one after the other; null when one does not apply, or breaks the frame.
 * Retold from `aider/coders/editblock_coder.py` of Aider-AI/aider, without its guesses at what was meant.
 */
function applyBlocks(
  before: string,
  blocks: readonly Block[],
  path: string,
  fence: Fence,
): readonly string[] | null {
  let lines: readonly string[] = linesOf(before)
  let isOpenEnded = before !== '' && !before.endsWith('\n')
  for (const block of blocks) {
    if ([...block.search, ...block.replace].some((line) => MARK.test(line))) return null
    const search = unwrapped(block.search, path, fence)
    const replace = unwrapped(block.replace, path, fence)
    const isAppended = search.every((line) => line.trim() === '')
    const start = isAppended ? lines.length : firstPlace(lines, search)
    // what is appended would go on in the line that is not ended
    if (start < 0 || (isAppended && isOpenEnded)) return null
    isOpenEnded = false
    lines = [...lines.slice(0, start), ...replace, ...lines.slice(start + (isAppended ? 0 : search.length))]
    // a file that would become empty counts as a block that did not match
    if (lines.length === 0) return null
  }
  return lines
}

/** A first line that ends with the file's name is taken for a label and dropped, so it is given one to drop. */
const wrapped = (lines: readonly string[], path: string): readonly string[] =>
  lines[0]?.trim().endsWith(nameOf(path)) ? [nameOf(path), ...lines] : lines

function unwrapped(lines: readonly string[], path: string, { opens, closes }: Fence): readonly string[] {
  const inner = lines[0]?.trim().endsWith(nameOf(path)) ? lines.slice(1) : lines
  const isFenced = inner[0]?.startsWith(opens) && inner.at(-1)?.startsWith(closes)
  const bare = isFenced ? inner.slice(1, -1) : inner
  // of empty lines at the end one is lost
  return bare.at(-1) === '' ? bare.slice(0, -1) : bare
}

const nameOf = (path: string): string => path.split('/').at(-1)!

function firstPlace(lines: readonly string[], wanted: readonly string[]): number {
  for (let start = 0; start <= lines.length - wanted.length; start += 1) {
    if (wanted.every((line, index) => lines[start + index] === line)) return start
  }
  return -1
}

const sameLines = (one: readonly string[] | null, other: readonly string[]): boolean =>
  one !== null && one.length === other.length && one.every((line, index) => line === other[index])

/** A text's lines; whether the last one is ended does not show. */
export const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

/** Signs at which Python, and nobody else, ends a line. */
// oxlint-disable-next-line no-control-regex
export const hasOddBreaks = (text: string): boolean => /[\r\v\f\x1C-\x1E\x85\u2028\u2029]/.test(text)
