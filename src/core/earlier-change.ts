import { diffStat } from './diff.ts'
import { unreachable } from './errors.ts'
import type { EarlierChange, OnTop } from './task.ts'

/** One file's part of git's own diff, and the blobs it stands between; null where there is no file. */
export type Section = {
  readonly path: string
  readonly text: string
  /** null where the blobs do not tell all of it, as when a file's mode changes too. */
  readonly blobs: { readonly before: string | null; readonly after: string | null } | null
}

/** The files of git's own diff, made with full blob ids. */
export const sectionsOf = (diff: string): Section[] =>
  // the lines of a hunk begin with a mark and those of a binary patch hold no blank: no content looks like this
  diff
    .split(/^(?=diff --git )/m)
    .filter((text) => text.startsWith('diff --git '))
    .map((text) => ({ path: diffStat(text).files[0]!, text, blobs: blobsOf(text) }))

function blobsOf(section: string): Section['blobs'] {
  const header = section.slice(0, 2 + section.search(/\n(?:@@ |GIT binary patch)/))
  const [, before, after] = /^index ([0-9a-f]{40,64})\.\.([0-9a-f]{40,64})/m.exec(header) ?? []
  if (before === undefined || after === undefined || /^old mode /m.test(header)) return null
  return { before: unlessNone(before), after: unlessNone(after) }
}

const unlessNone = (blob: string): string | null => (/^0+$/.test(blob) ? null : blob)

/**
 * How a file of an earlier change stands to what is there now: it holds the change, it is as it was before the change,
 * or it has gone its own way.
 */
export function standingOf({ blobs }: Section, now: string | null): 'changed' | 'unchanged' | 'elsewhere' {
  if (blobs?.after === now) return 'changed'
  return blobs?.before === now ? 'unchanged' : 'elsewhere'
}

/** What whoever gets the new change has to know of the earlier one, in a sentence. */
export function sayOnTop({ how, clashes }: OnTop): string {
  switch (how) {
    case 'in-place':
      return 'It goes on from the earlier change, which your files hold already: here is only what is new.'
    case 'added':
      return 'It goes on from the earlier change, which your files do not hold: here are both together, in place of the earlier one.'
    case 'left-out':
      return `The earlier change does not fit onto your files any more (${firstOf(clashes)}), so this was made from your files as they are.`
    default:
      return unreachable(how)
  }
}

/** Some of the files an earlier change does not fit in, in a line. */
export const firstOf = (clashes: readonly string[]): string =>
  clashes.length <= MOST_NAMED
    ? clashes.join(', ')
    : `${clashes.slice(0, MOST_NAMED).join(', ')} and ${clashes.length - MOST_NAMED} more`
const MOST_NAMED = 5

/** Characters of the earlier request and of its diff that prompts carry. */
const REQUEST_CHARACTERS = 1_200
const DIFF_CHARACTERS = 4_000

/** What everybody who works on the new change has to know of the earlier one: beside the request, and in the overview. */
export function earlierParts(
  { request, diff }: EarlierChange,
  { how }: OnTop,
): { readonly request: string; readonly overview: string } {
  const where = how === 'left-out' ? 'It is not in these files' : 'It is in these files already'
  const asked = clipped(request, REQUEST_CHARACTERS)
  return {
    request: `(This goes on from an earlier change. ${where}. What was asked for then: ${asked})`,
    overview: `${where}; this is its diff:\n\n${clipped(diff, DIFF_CHARACTERS)}`,
  }
}

const clipped = (text: string, most: number): string =>
  text.length <= most ? text.trimEnd() : `${text.slice(0, most)} …`
