import { z } from 'zod'
import { onOneLine } from './one-line.ts'
import type { PlanQuestions } from './plan-questions.ts'
import type { Call } from './research/calls.ts'
import type { ReadCalls } from './research/native-calls.ts'
import type { LineRange } from './tools/show-lines.ts'

/** A file that is to be read, or some of its lines. */
export type WantedFile = LineRange & { readonly path: string }

/** What a planner wants to see before it plans, however it said so. */
export type Wants = {
  readonly by: 'calls' | 'questions'
  readonly files: readonly WantedFile[]
  /** Whose definitions and uses. */
  readonly names: readonly string[]
  /** What only a tool itself can answer. */
  readonly others: readonly Call[]
  /** What it said that nobody can answer, with the reason. */
  readonly wrong: readonly string[]
}

/** The same for questions that were written into a reply. */
export const wantsOfQuestions = ({ read, find }: PlanQuestions): Wants => ({
  by: 'questions',
  files: read.map((path) => ({ path })),
  names: find,
  others: [],
  wrong: [],
})

/** The same for calls, which fit their tools. */
export function wantsOfCalls({ calls, wrong }: ReadCalls): Wants {
  const files = calls.filter(({ tool }) => tool === 'read_file')
  const names = calls.filter(({ tool }) => tool === 'find_references')
  return {
    by: 'calls',
    files: files.map((call) => FileAsked.parse(call.arguments)),
    names: names.map((call) => NameAsked.parse(call.arguments).name),
    others: calls.filter((call) => !files.includes(call) && !names.includes(call)),
    wrong,
  }
}

const FileAsked = z
  .object({ path: z.string(), start: z.number().optional(), end: z.number().optional() })
  .transform((asked) => ({ ...asked, path: asked.path.trim().replace(/^(?:\.\/)+/, '') }))
const NameAsked = z.object({ name: z.string() })

/** What a tool is asked, in a few words. */
export function sayOther({ tool, arguments: given }: Call): string {
  const text = (key: string): string => (typeof given[key] === 'string' ? onOneLine(given[key], 80) : '')
  if (tool === 'search_docs') return `what the documents say of "${text('query')}"`
  const focus = text('focus')
  return focus === '' ? 'the project as a whole' : `the project, for "${focus}"`
}
