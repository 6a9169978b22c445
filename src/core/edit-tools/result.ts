import { z } from 'zod'
import { jsonOrNull } from '../json.ts'

/**
 * Does a client's answer to an edit say that the edit was not made? Answers may quote the file, so only how they begin is
 * listened to; what says neither counts as done, as most clients say no more than that.
 */
export function saysFailure(answer: string): boolean {
  const told = Told.safeParse(jsonOrNull(answer.slice(0, LONGEST)))
  if (told.success) {
    const { success, ok, isError, error } = told.data
    if (success === false || ok === false || isError === true) return true
    if (success === true || ok === true) return false
    if (typeof error === 'string' && error !== '') return true
  }
  const opening = answer
    .slice(0, 1_000)
    .trimStart()
    .replace(/^(?:<[\w-]+>|[[({"'*#\s])+/, '')
    .split('\n', 1)
    .join('')
    .slice(0, 300)
  if (MISSING.test(opening)) return true
  return !DONE.test(opening) && (FAILED.test(opening) || REFUSED.test(opening))
}

const LONGEST = 20_000
const Told = z.looseObject({
  success: z.unknown().optional(),
  ok: z.unknown().optional(),
  isError: z.unknown().optional(),
  error: z.unknown().optional(),
})

const MISSING = /^(?:the )?(?:file|path|text|string)\b.{0,20}\b(?:not found|not exist)\b/i
const DONE =
  /^(?:(?:edits?|files?|change|changes|patch|replacements?)\b.{0,200}?\b(?:applied|written|created|edited|updated|modified|made|saved)\b|the file\b.{0,300}?\bhas been\b|success|done\b|ok\b|wrote\b|written\b|updated\b|edited\b|created\b|replaced\b|modified\b|applied\b)/i
const FAILED =
  /^(?:(?:tool|edit|execution|the|an?|patch|apply_patch|mcp)\b.{0,40}?\b)?(?:error|failed|failure|unable|could not|couldn['’]t|cannot|can['’]t|invalid|denied|rejected|aborted|cancel|no (?:changes?|match|occurrences)|not (?:found|applied|allowed|permitted))/i
const REFUSED =
  /\b(?:not found in|no match(?:es)? (?:was |were )?found|could not (?:find|be (?:applied|found|read|written))|did not match|must be unique|(?:multiple|\d+) (?:matches|occurrences)|user (?:rejected|denied|declined|cancel|refused|doesn['’]t want)|(?:rejected|denied|declined|refused|cancelled) (?:by|this|the|permission)|permission (?:was )?denied|does not exist|must read|has not been read|read the file (?:first|before))/i
