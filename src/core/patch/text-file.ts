/** A file taken apart so that every line keeps its own end. */
export type TextFile = {
  readonly lines: readonly string[]
  readonly ends: readonly string[]
  /** The line end most lines have. */
  readonly eol: string
  readonly bom: string
}

/** A line on its way back into a file; `end` is null for a new line, which takes the file's own. */
export type Piece = { readonly text: string; readonly end: string | null }

const BOM = '\uFEFF'

export function takeApart(content: string): TextFile {
  const bom = content.startsWith(BOM) ? BOM : ''
  const lines: string[] = []
  const ends: string[] = []
  let start = bom.length
  while (start < content.length) {
    const newline = content.indexOf('\n', start)
    const stop = newline < 0 ? content.length : newline
    const windows = newline > start && content[newline - 1] === '\r'
    lines.push(content.slice(start, windows ? stop - 1 : stop))
    ends.push(newline < 0 ? '' : windows ? '\r\n' : '\n')
    start = stop + 1
  }
  const windows = ends.filter((end) => end === '\r\n').length
  return { lines, ends, bom, eol: windows * 2 > ends.length ? '\r\n' : '\n' }
}

/** The file again, with its byte order mark, line ends and last newline as they were unless `finalNewline` says so. */
export function putTogether(
  file: TextFile,
  pieces: readonly Piece[],
  finalNewline: 'added' | 'removed' | null,
): string {
  if (pieces.length === 0) return file.bom
  const had = file.ends.length === 0 || file.ends.at(-1) !== ''
  const ending = finalNewline === null ? had : finalNewline === 'added'
  const last = pieces.length - 1
  const texts = pieces.map(({ text, end }, index) => {
    const own = end === null || end === '' ? file.eol : end
    return text + (index < last || ending ? own : '')
  })
  return file.bom + texts.join('')
}

/** A new file's content from its lines. */
export const asContent = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
