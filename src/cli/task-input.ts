import { resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { z } from 'zod'
import { SwarmError } from '../core/errors.ts'
import { BudgetWish, Effort } from '../core/task.ts'
import { readText } from './read-text.ts'

/** A task as the command line takes it. */
export const TaskInput = z.strictObject({
  description: z.string().trim().min(1),
  filesOwned: z.array(z.string().min(1)).default([]),
  /** Existing tests may be changed. */
  allowTests: z.boolean().default(false),
  effort: Effort.optional(),
  budget: BudgetWish,
})
export type TaskInput = z.infer<typeof TaskInput>

/** The tasks somebody asked for: in words, in a file, or on stdin. Throws 'bad-request' that says which is wrong. */
export async function readTasks(
  request: string | undefined,
  file: string | undefined,
  cwd: string,
): Promise<TaskInput[]> {
  if (request !== undefined && file !== undefined) throw bad('say it in words or in --file, not both')
  if (request !== undefined)
    return parse(
      [request].map((description) => ({ description })),
      'the request',
    )
  if (file !== undefined) return parseTasks(await readText(resolve(cwd, file)), file)
  if (process.stdin.isTTY) throw bad('what is to be done? Try: quorum run "make the parser accept CRLF"')
  return parseTasks(await readAll(process.stdin), 'stdin')
}

/** One task, an array of tasks, or one task a line. */
export function parseTasks(text: string, source: string): TaskInput[] {
  const whole = parseJson(text)
  if (whole !== undefined) return parse([whole].flat(), source)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) throw bad(`${source} is empty; expected ${EXAMPLE}`)
  return parse(
    lines.map((line, index) => {
      const value = parseJson(line)
      if (value === undefined) throw bad(`${source}: line ${index + 1} is not JSON; expected ${EXAMPLE}`)
      return value
    }),
    source,
  )
}

const EXAMPLE = '{"description": "what to change", "filesOwned": ["src/file.ts"]}'

function parse(values: readonly unknown[], source: string): TaskInput[] {
  if (values.length === 0) throw bad(`${source} holds no task; expected ${EXAMPLE}`)
  return values.map((value, index) => {
    const result = TaskInput.safeParse(value)
    if (result.success) return result.data
    throw bad(`${source}: task ${index + 1}: ${z.prettifyError(result.error)}\nexpected ${EXAMPLE}`)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // it may still be one task a line
    return undefined
  }
}

const bad = (message: string): SwarmError => new SwarmError('bad-request', message)
