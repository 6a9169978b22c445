import { z } from 'zod'
import { jsonOrNull } from './json.ts'

/** Tokens of a call, as its upstream counted them. */
const Counted = z
  .object({ prompt_tokens: z.int().min(0).max(1e9), completion_tokens: z.int().min(0).max(1e9).nullish() })
  .transform(({ prompt_tokens, completion_tokens }) => ({
    promptTokens: prompt_tokens,
    // what makes no text counts none
    completionTokens: completion_tokens ?? 0,
  }))
export type Counted = z.infer<typeof Counted>

/** So much of an answer's end is looked at, in bytes: what servers say after the usage is less. */
export const LOOKED_AT = 4_096

const KEY = '"usage"'
/** Chunks in a row may each say it; a longer search is for nothing. */
const MOST_TRIES = 8

/**
 * The usage that stands last in the end of an answer, whole or streamed; null where there is none. In a text that a model
 * has written the quotes are escaped, so that it cannot be taken for one.
 */
export function usageAtEnd(end: string): Counted | null {
  let at = end.length
  for (let tries = 0; tries < MOST_TRIES && at > 0; tries += 1) {
    at = end.lastIndexOf(KEY, at - 1)
    if (at < 0) return null
    const counted = Counted.safeParse(jsonOrNull(objectAfter(end, at + KEY.length)))
    if (counted.success) return counted.data
  }
  return null
}

/** The object that is the value of a key which ends there; empty where something else is. */
function objectAfter(text: string, from: number): string {
  const start = /^\s*:\s*\{/.exec(text.slice(from, from + 20))
  if (!start) return ''
  const begin = from + start[0].length - 1
  let depth = 0
  SIGN.lastIndex = begin
  for (let sign = SIGN.exec(text); sign; sign = SIGN.exec(text)) {
    if (sign[0] === '{') depth += 1
    if (sign[0] === '}') depth -= 1
    if (depth === 0) return text.slice(begin, SIGN.lastIndex)
  }
  return ''
}

/** A bracket, or a whole text, in which brackets do not count. */
const SIGN = /"(?:[^"\\]|\\.)*"|[{}]/g
