import type { HunkLine } from './edit.ts'

const indentOf = (line: string): string => /^[ \t]*/.exec(line)![0]

/**
 * How to indent the lines a hunk adds, when the lines it kept or removed were found under another indentation: by the
 * matched line of the same depth, else by the nearest one.
 */
export function reindenter(lines: readonly HunkLine[], found: readonly string[]): (added: string) => string {
  const pairs = new Map<string, string>()
  let at = 0
  for (const { kind, text } of lines) {
    if (kind === 'add') continue
    const inFile = found[at]!
    at += 1
    if (text.trim() !== '' && !pairs.has(indentOf(text))) pairs.set(indentOf(text), indentOf(inFile))
  }
  const changed = [...pairs].some(([inHunk, inFile]) => inHunk !== inFile)
  if (!changed) return (added) => added
  return (added) => {
    if (added.trim() === '') return added
    const own = indentOf(added)
    return translate(own, pairs) + added.slice(own.length)
  }
}

function translate(own: string, pairs: ReadonlyMap<string, string>): string {
  const exact = pairs.get(own)
  if (exact !== undefined) return exact
  const shorter = [...pairs]
    .filter(([inHunk]) => own.startsWith(inHunk))
    .sort(([one], [other]) => other.length - one.length)[0]
  if (shorter) {
    const [inHunk, inFile] = shorter
    return inFile + deeper(own.slice(inHunk.length), inFile, unitOf(pairs))
  }
  const [inHunk, inFile] = [...pairs][0]!
  if (inFile.endsWith(inHunk)) return inFile.slice(0, inFile.length - inHunk.length) + own
  const surplus = inHunk.length - inFile.length
  return surplus > 0 ? own.slice(Math.min(surplus, own.length)) : own
}

/** Further depth in the file's own character: a file with tabs gets tabs. */
function deeper(extra: string, inFile: string, unit: number): string {
  const usesTabs = inFile.includes('\t')
  if (usesTabs && !extra.includes('\t')) return '\t'.repeat(Math.round(extra.length / unit))
  if (!usesTabs && inFile !== '' && extra.includes('\t')) return extra.replaceAll('\t', ' '.repeat(unit))
  return extra
}

/** How many spaces of the hunk make one step: the smallest one seen. */
function unitOf(pairs: ReadonlyMap<string, string>): number {
  const depths = [...pairs.keys()]
    .filter((indent) => !indent.includes('\t') && indent !== '')
    .map(({ length }) => length)
  return depths.length === 0 ? 2 : Math.min(4, ...depths)
}
