import { changes, linesOf, type FileEdit, type Reading } from './patch/edits.ts'
import { plainReply } from './patch/unwrap.ts'
import { loopIn } from './loops.ts'
import type { RedFlag } from './red-flags.ts'
import type { Usage } from './task.ts'
import { estimateTokens } from './tokens.ts'

/** A coder's reply and what it is held against. */
export type Reply = {
  readonly text: string
  readonly finishReason: 'stop' | 'length' | 'other'
  readonly usage: Usage
  /** What was found in it. */
  readonly reading: Reading
  /** The files it wants to change, as they are. */
  readonly sources: readonly string[]
  /** Lengths of the replies that became a patch in the same attempt, in tokens. */
  readonly accepted: readonly number[]
}

/** A reply may be as long as this many of the usual ones. */
const MOST_TIMES_USUAL = 4
/** And always as long as this, in tokens. */
const ALWAYS_FINE = 6_000
/** Prose beyond which a reply is an essay, in characters, and its share of the reply. */
const ESSAY = 4_000
const MOST_PROSE = 0.8
/** Changed lines that are hardly an edit. */
const HARDLY_ANY = 2

/**
 * What makes a reply not worth applying: models that are lost write long, circle, or talk instead. Null where nothing
 * does, which says nothing about the patch.
 */
export function replyFlagOf(reply: Reply): RedFlag | null {
  if (reply.finishReason === 'length')
    return { code: 'truncated', reason: 'the reply was cut off by the output limit' }
  const text = plainReply(reply.text)
  const loop = loopIn(text, reply.sources)
  if (loop !== null) return { code: 'loop', reason: loop }
  return (
    tooLong(reply) ?? (reply.reading.ok ? essay(text, reply.reading.edits) : nothing(text, reply.reading))
  )
}

/** Length of a reply in tokens, its thoughts left out. */
export function tokensIn({ text, usage }: Pick<Reply, 'text' | 'usage'>): number {
  // some servers count thoughts into the completion without telling, so both ways of counting must agree
  const estimated = estimateTokens(plainReply(text).length)
  return usage.estimated ? estimated : Math.min(estimated, usage.completionTokens - usage.reasoningTokens)
}

function tooLong(reply: Reply): RedFlag | null {
  const tokens = tokensIn(reply)
  const usual = medianOf(reply.accepted)
  const most = Math.max(ALWAYS_FINE, usual === null ? 0 : MOST_TIMES_USUAL * usual)
  if (tokens <= most) return null
  const than = usual === null ? '' : `; those that became a patch had about ${usual}`
  return { code: 'too_long', reason: `the reply has ${tokens} tokens, more than ${most}${than}` }
}

function medianOf(numbers: readonly number[]): number | null {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? null
}

function essay(text: string, edits: readonly FileEdit[]): RedFlag | null {
  if (edits.some(({ kind }) => kind === 'delete' || kind === 'move')) return null
  const prose = text.length - edits.reduce((sum, edit) => sum + linesIn(edit).join('\n').length, 0)
  const changed = edits.reduce((sum, edit) => sum + changedLines(edit), 0)
  if (prose < ESSAY || prose < MOST_PROSE * text.length || changed > HARDLY_ANY) return null
  return { code: 'prose', reason: `${prose} characters of prose around ${changed} changed lines` }
}

/** Words in place of a patch are told from a patch that could not be read. */
function nothing(text: string, reading: Extract<Reading, { ok: false }>): RedFlag {
  const { code, reason } = reading
  if (code !== 'no_patch' || !DECLINES.test(text)) return { code, reason }
  return { code: 'declined', reason: 'the reply declines or apologises, and holds no patch' }
}

const DECLINES =
  /\b(?:I(?:'m| am|’m) (?:very |really |so )?sorry|my apologies|I apologi[sz]e|I (?:cannot|can't|can’t|can not|will not|won't|won’t|am unable to|am not able to|must decline|would rather not|have to decline)|I'm (?:unable|not able) to|as an AI|I'd rather not)\b/i

function linesIn(edit: FileEdit): string[] {
  switch (edit.kind) {
    case 'hunks':
    case 'move':
      return edit.hunks.flatMap(({ lines }) => lines.map(({ text }) => text))
    case 'text':
      return [edit.search, edit.replace]
    case 'create':
    case 'whole':
      return [edit.content]
    case 'delete':
      return [...(edit.lines ?? [])]
    default:
      return edit satisfies never
  }
}

function changedLines(edit: FileEdit): number {
  switch (edit.kind) {
    case 'hunks':
    case 'move':
      return edit.hunks.filter(changes).reduce((sum, hunk) => sum + linesOf(hunk, '-', '+').length, 0)
    case 'text': {
      const [before, after] = [edit.search.split('\n'), edit.replace.split('\n')]
      return (
        before.filter((line) => !after.includes(line)).length +
        after.filter((line) => !before.includes(line)).length
      )
    }
    case 'create':
    case 'whole':
      return edit.content.split('\n').length
    case 'delete':
      return edit.lines?.length ?? 0
    default:
      return edit satisfies never
  }
}
