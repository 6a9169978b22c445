import { asks, commands } from './commands.ts'
import { asksAbroad, commandsAbroad } from './languages.ts'
import { leansOnEarlier, refines } from './refinement.ts'
import { readSaid } from './said.ts'
import { isIssueTitle, wishes } from './wishes.ts'
import { isAboutCode, isProseWork } from './words.ts'

/** What is known beside the words. */
export type Setting = {
  readonly hasFiles: boolean
  /** The conversation already holds a change that was handed over. */
  readonly delivered: boolean
}

/**
 * Does this message ask for a change to code? Sentence by sentence: a command settles it, a wish or the report of a fault
 * does when nothing is asked beside it. Questions about how or why are not requests for a change.
 */
export function asksForChange(message: string, { hasFiles, delivered }: Setting): boolean {
  const { sentences, hasCode } = readSaid(message)
  if (sentences.some((sentence) => HANDS_OFF.test(sentence))) return false
  const aboutCode = hasFiles || hasCode || delivered || sentences.some(isAboutCode)
  if (delivered && sentences.some(refines)) return true
  const own = delivered ? sentences : sentences.filter((sentence) => !leansOnEarlier(sentence))
  if (own.some((sentence) => commands(sentence, aboutCode))) return true
  if (!aboutCode) return false
  if (own.some((sentence) => !asksAbroad(sentence) && commandsAbroad(sentence))) return true
  return wantsChange(own)
}

function wantsChange(sentences: readonly string[]): boolean {
  if (sentences.some((sentence) => asks(sentence) || asksAbroad(sentence) || isProseWork(sentence)))
    return false
  const [only, ...others] = sentences
  if (only !== undefined && others.length === 0 && isIssueTitle(only)) return true
  return sentences.some(wishes)
}

const HANDS_OFF =
  /\b(?:don['’]?t|do not|without|no need to|never) (?:actually )?(?:change|changing|edit|editing|modify|modifying|touch|touching|write|writing|make|making) (?:any |the |my )?(?:code|files?|anything|changes|edits)\s*(?:[.,;!:)]|$|\b(?:just|only|yet|but|please|for now|here)\b)|\bno (?:code )?(?:changes|edits)(?: please| yet| needed| required)?\s*(?:[.,;!)]|$)|\b(?:just|only) (?:answer|explain|tell me|describe)\b|\bexplain only\b|\bohne (?:etwas )?zu ändern\b|\bsans rien modifier\b|\bsin cambiar nada\b|\bsem (?:mudar|alterar) nada\b/i
