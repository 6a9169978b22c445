/** Where in an answer we are: in which fence, and what stands on the line so far. */
export type Prose = { readonly fence: string | null; readonly line: string }

/** Where every answer begins. */
export const BEGINNING: Prose = { fence: null, line: '' }

export type Stretch = { readonly text: string; readonly isCode: boolean }

/** The next of an answer's words, told apart from its code blocks. */
export function splitProse(text: string, before: Prose): { stretches: Stretch[]; after: Prose } {
  let { fence, line } = before
  const stretches = text.split(/(?<=\n)/).map((piece): Stretch => {
    const full = (line + piece).slice(0, LONGEST_START)
    const opened = fence === null ? (OPENING.exec(full)?.[1] ?? null) : null
    const isCode = fence !== null || opened !== null
    const isWhole = piece.endsWith('\n')
    if (isWhole && fence !== null) fence = closes(full, fence) ? null : fence
    else if (isWhole) fence = opened
    line = isWhole ? '' : full
    return { text: piece, isCode }
  })
  return { stretches, after: { fence, line } }
}

/** Whether a line begins or ends a block is seen in its first characters. */
const LONGEST_START = 200
// in a list or a quotation it stands further in; ticks behind it make it a word in ticks
const OPENING = /^[ \t>]{0,40}(`{3,}(?=[^`]*$)|~{3,})/

function closes(line: string, fence: string): boolean {
  const bare = line.replaceAll(/[\s>]/g, '')
  return bare.length >= fence.length && bare.split('').every((character) => character === fence[0])
}
