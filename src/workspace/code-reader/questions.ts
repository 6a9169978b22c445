import { z } from 'zod'
import { SourceFile } from '../../core/task.ts'

/** What the reader is asked, one JSON line each: the first mistakes of these files, or their normal forms. */
export const Question = z.object({ about: z.enum(['mistakes', 'forms']), files: z.array(SourceFile) })
export type Question = z.infer<typeof Question>

/** What it says: a line for each file there is something to say of, then that it is through. */
export const Answer = z.union([z.object({ found: z.unknown() }), z.object({ done: z.literal(true) })])
