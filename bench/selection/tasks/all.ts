import type { SmallTask } from '../small-task.ts'
import { LISTS } from './lists.ts'
import { NUMBERS } from './numbers.ts'
import { PARTS } from './parts.ts'
import { RECORDS } from './records.ts'
import { TEXTS } from './texts.ts'

/** Every task of the benchmark. */
export const TASKS: readonly SmallTask[] = [...NUMBERS, ...TEXTS, ...LISTS, ...RECORDS, ...PARTS]
