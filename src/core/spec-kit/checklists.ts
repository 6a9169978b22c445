/** A checklist with open points. */
export type Unfinished = { readonly path: string; readonly open: number; readonly all: number }

/** Which of a feature's checklists are not finished. */
export function unfinishedIn(texts: ReadonlyMap<string, string>): Unfinished[] {
  return Array.from(texts, ([path, text]) => ({ path, ...pointsIn(text) })).filter(({ open }) => open > 0)
}

/** Do the caller's words say to go on all the same? */
export const goesOnAnyway = (words: string): boolean => ANYWAY.test(words) && !NOT.test(words)

const ANYWAY =
  /\b(?:proceed|go ahead|continue|go on|carry on|(?:ignore|skip|without|despite)\s(?:the |all |any |open |unfinished |incomplete )*checklists?|anyway|regardless)\b|^yes\b/i
const NOT = /\b(?:do not|don['’]t|never)\s(?:proceed|go ahead|continue|go on|carry on|ignore|skip)\b/i

function pointsIn(text: string): { open: number; all: number } {
  const boxes = [...text.matchAll(/^[ \t]*[-*] \[([ xX])\]/gm)]
  return { open: boxes.filter(([, box]) => box === ' ').length, all: boxes.length }
}
