import { asks } from './commands.ts'
import { asksAbroad } from './languages.ts'
import { readSaid } from './said.ts'
import {
  ADVICE,
  FILE_NAME,
  FOREIGN,
  HERE,
  HOW_TO,
  LEANS,
  LOCATES,
  LOOKS_FOR,
  MAYBE_OURS,
  NAME,
  NAMED_PROJECT,
  OURS,
  PARTS,
  PATH,
  PROJECT,
  PROJECT_ABROAD,
  THIS_PLACE,
} from './question-words.ts'
import { isAboutCode } from './words.ts'

type Turn = { readonly role: string; readonly text: string }

/** A question, and what it stands beside. */
export type Asked = {
  /** What the last message asks, without the files it carries. */
  readonly request: string
  readonly hasFiles: boolean
  readonly messages: readonly Turn[]
  /** Does the workspace define one of the names that it asks about? Absent: nobody has looked. */
  readonly namesOwn?: boolean
}

/** Of one question; who lists more of them asks about something else. */
const MOST_NAMES = 4

/** The program's names in a question, to be looked up; a message that brings its own code asks about that. */
export function namesAskedFor({ request, hasFiles }: Pick<Asked, 'request' | 'hasFiles'>): string[] {
  if (hasFiles) return []
  const { sentences, hasCode } = readSaid(request)
  if (hasCode) return []
  const names = sentences
    .filter(isQuestion)
    .flatMap((sentence) => [...sentence.matchAll(NAMES)].map(([name, plain]) => plain ?? name))
  return [...new Set(names.map((name) => name.replaceAll(/`|\(\)/g, '')))].slice(0, MOST_NAMES)
}
/** "What does slugify return?" names a function that looks like any word. */
const NAMES = new RegExp(`\\b[Ww]hat does (\\w{3,60}) (?:do|take|expect|return|throw)\\b|${NAME.source}`, 'g')

/**
 * Does somebody ask about the project they work on, rather than about the trade? Whoever names it ("this repo", "our
 * codebase") is believed. Weaker signs, such as a path or "here", count only where no pasted code could be meant instead.
 */
export function asksAboutWorkspace({ request, hasFiles, messages, namesOwn = false }: Asked): boolean {
  const { sentences, hasCode } = readSaid(request)
  const questions = sentences.filter(isQuestion)
  if (questions.some(namesProject)) return true
  if (hasFiles || hasCode) return false
  if (namesOwn && !questions.some((sentence) => HOW_TO.test(sentence))) return true
  if (questions.some(meansProject)) return true
  const earlier = messages.slice(0, -1)
  // "this file" may be one that was shown before
  if (!earlier.some(({ text }) => text.includes('```')) && questions.some(pointsAtPlace)) return true
  return questions.some(leansOnAnswer) && earlier.slice(-LAST_TURNS).some(askedAboutProject)
}

const isQuestion = (sentence: string): boolean =>
  /\?\s*$/.test(sentence) || asks(sentence) || asksAbroad(sentence) || LOOKS_FOR.test(sentence)

const namesProject = (sentence: string): boolean =>
  (PROJECT.test(sentence) || PROJECT_ABROAD.test(sentence)) &&
  !ADVICE.test(sentence) &&
  !NAMED_PROJECT.test(sentence)

function meansProject(sentence: string): boolean {
  if (HOW_TO.test(sentence)) return false
  const aboutCode = isAboutCode(sentence)
  if (aboutCode && OURS.test(sentence)) return true
  if (FOREIGN.test(sentence)) return false
  if (PATH.test(sentence) || FILE_NAME.test(sentence)) return true
  if (LOCATES.test(sentence) && (NAME.test(sentence) || /\b(?:the|our|my|this)\b/i.test(sentence)))
    return NAME.test(sentence) || aboutCode
  return (aboutCode && (MAYBE_OURS.test(sentence) || HERE.test(sentence))) || PARTS.test(sentence)
}

const pointsAtPlace = (sentence: string): boolean => THIS_PLACE.test(sentence) && !FOREIGN.test(sentence)

/** How far back a question may lean. */
const LAST_TURNS = 4

/** It means little alone: "and where is it called?" */
const leansOnAnswer = (sentence: string): boolean =>
  (LEANS.test(sentence) || NAME.test(sentence)) && !FOREIGN.test(sentence) && sentence.length < 120

const askedAboutProject = ({ role, text }: Turn): boolean =>
  role === 'user' &&
  readSaid(text).sentences.some(
    (sentence) => isQuestion(sentence) && (namesProject(sentence) || meansProject(sentence)),
  )
