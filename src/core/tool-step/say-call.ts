import { jsonOrNull } from '../json.ts'
import { onOneLine } from '../one-line.ts'
import type { Vote } from './read-sample.ts'

/** What a vote is for, in a few words. */
export function sayVote(vote: Vote): string {
  if (vote.kind === 'words') return 'an answer in words'
  const [first, ...more] = vote.calls
  const others = more.length === 0 ? '' : ` and ${more.length} more`
  return first ? `${onOneLine(first.name, 60)} ${firstText(first.arguments)}`.trim() + others : 'nothing'
}

/** The first text of a call's arguments is nearly always what it is about. */
function firstText(given: string): string {
  const json = jsonOrNull(given)
  if (typeof json !== 'object' || json === null) return ''
  const text: unknown = Object.values(json).find((value) => typeof value === 'string')
  return typeof text === 'string' ? onOneLine(text, 80) : ''
}
