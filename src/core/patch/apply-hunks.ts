import { counts, linesOf, refusal } from './edits.ts'
import type { FileEdit, Hunk, Refusal } from './edits.ts'
import { findLazy } from './lazy.ts'
import { mendAdditions } from './mend.ts'
import { placeHunks } from './place-hunks.ts'
import { rewrite } from './rewrite.ts'
import { lastOf, openTarget } from './target.ts'
import type { Budget, Place } from './target.ts'
import { takeApart } from './text-file.ts'
import { leftOut } from './whole.ts'

export type Patched = { ok: true; content: string; notes: string[] } | Refusal

type HunkGroup = Pick<Extract<FileEdit, { kind: 'hunks' }>, 'hunks' | 'order' | 'escaped'>

/** A file with hunks applied: all against the file as it is, or, as blocks may be meant, one on top of the other. */
export function applyHunks(
  path: string,
  groups: readonly HunkGroup[],
  before: string,
  budget: Budget,
): Patched {
  const hunks = groups.flatMap((group) => group.hunks)
  const escaped = groups.some((group) => group.escaped)
  const order = groups.length === 1 ? groups[0]!.order : 'any'
  const together = applyTogether(path, hunks, { order, escaped }, before, budget)
  if (together.ok || order !== 'any' || hunks.length < 2) return together
  if (!['no_match', 'ambiguous', 'overlap'].includes(together.code)) return together

  let content = before
  const notes: string[] = []
  for (const hunk of hunks) {
    const next = applyTogether(path, [hunk], { order, escaped }, content, budget)
    if (!next.ok) return together
    content = next.content
    notes.push(...next.notes)
  }
  return { ok: true, content, notes: [...notes, 'one change on top of the other'] }
}

function applyTogether(
  path: string,
  hunks: readonly Hunk[],
  { order, escaped }: { order: HunkGroup['order']; escaped: boolean },
  before: string,
  budget: Budget,
): Patched {
  budget.left -= before.length * PASSES
  const file = takeApart(before)
  const placed = placeHunks(path, hunks, order, openTarget(file.lines, budget))
  if (!placed.ok) return placed
  const known = new Set(file.lines.map((line) => line.trim()))
  const places = mendAdditions(path, placed.places, file.lines, { escaped })
  if (!places) {
    const reason = "the added lines seem to be escaped or prettified (&lt; for <, ’ for '); send plain text"
    return refusal('bad_block', `${path}: ${reason}`)
  }
  for (const place of places) {
    const lazy = findLazy(
      path,
      linesOf(place.hunk, '+').map(({ text }) => text),
      known,
    )
    if (lazy !== null) return leftOut(path, lazy)
    if (isCutOff(place, file.lines.length)) {
      return refusal('truncated', `${path}: the last change stops short of what its header promises`)
    }
  }
  const result = rewrite(path, file, places)
  if (!result.ok) return result
  return { ok: true, content: result.content, notes: places.flatMap(({ note }) => note ?? []) }
}

/** Taking a file apart and putting it together costs about as much as looking through it this often. */
const PASSES = 16

/** Too short by its header at the end of an unfenced reply, without the usual context behind the last change. */
function isCutOff(place: Place, lines: number): boolean {
  const { hunk } = place
  if (!hunk.openEnded || !hunk.promised || counts(hunk) !== 'wrong') return false
  const before = hunk.lines.filter(({ mark }) => mark !== '+').length
  const after = hunk.lines.filter(({ mark }) => mark !== '-').length
  const short = before <= hunk.promised.before && after <= hunk.promised.after
  const trailing = hunk.lines.length - 1 - hunk.lines.findLastIndex(({ mark }) => mark !== ' ')
  return short && trailing < USUAL_CONTEXT && lastOf(place) < lines - 1
}

const USUAL_CONTEXT = 3
