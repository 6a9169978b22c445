import type { ExamPair } from './exam-pair.ts'
import { LISTS } from './lists.ts'
import { MEMORY } from './memory.ts'
import { NUMBERS } from './numbers.ts'
import { OBJECTS } from './objects.ts'
import { PARSING } from './parsing.ts'
import { RULES } from './rules.ts'
import { TEXT } from './text.ts'
import { TIME } from './time.ts'

/** The pairs that a voter is examined with; which side is right was found by running them. */
export const EXAM_PAIRS: readonly ExamPair[] = [
  ...NUMBERS,
  ...TEXT,
  ...LISTS,
  ...OBJECTS,
  ...TIME,
  ...MEMORY,
  ...PARSING,
  ...RULES,
]
