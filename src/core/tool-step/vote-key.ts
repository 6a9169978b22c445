import { canonicalJson } from '../canonical.ts'
import type { Arguments } from './fit.ts'

/** Names that clients have for a place, for what is run, and for a remark beside it. */
const PLACE = /^(?:paths?|files?|dir|directory|folder|cwd|workdir|\w*(?:[pP]ath|_file|File))$/
const RUN = /^(?:command|cmd|script|code)$/
const DOES = /^(?:command|cmd|script|code|prompt|query|pattern|url)$/
const REMARK = /^(?:description|explanation|justification|reason|rationale|thought|toolSummary|toolAction)$/

/**
 * What one sample wants, in the same words as any other that wants the same. The order of calls counts: a later one may
 * build on what an earlier one did.
 */
export const voteKey = (calls: readonly { name: string; full: Arguments }[]): string =>
  canonicalJson(calls.map(({ name, full }) => [name, normalised(full)]))

function normalised(full: Arguments): Arguments {
  const keys = Object.keys(full)
  // beside what is done, a remark about it is put in other words each time
  const isDone = keys.some((key) => DOES.test(key) || PLACE.test(key))
  const kept = keys.filter((key) => !(isDone && REMARK.test(key)))
  return Object.fromEntries(kept.map((key) => [key, plain(key, full[key])]))
}

/** White space and dots that change nothing about what a place or a command is. */
function plain(key: string, value: unknown): unknown {
  if (Array.isArray(value) && PLACE.test(key)) return value.map((one) => plain(key, one))
  if (typeof value !== 'string') return value
  if (PLACE.test(key)) return value.replace(/^(?:\.\/+)+(?=[^/])/, '')
  return RUN.test(key) ? withoutLineEnds(value) : value
}

function withoutLineEnds(text: string): string {
  let end = text.length
  while (end > 0 && '\r\n'.includes(text[end - 1]!)) end -= 1
  return text.slice(0, end)
}
