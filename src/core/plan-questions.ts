import { z } from 'zod'
import type { NamePlaces } from './code-map/find-names.ts'
import { inFence } from './fence.ts'
import { findJson } from './json.ts'

/** Of each kind, what one planner may ask. */
const MOST_FILES = 6
const MOST_NAMES = 8
/** Lines told of one file. */
const MOST_LINES = 12

const NAME = /^[.]?[\p{L}_$][\p{L}\p{N}_$]{0,99}$/u

const listOf = (isMeant: (one: string) => boolean, most: number) =>
  z
    .array(z.unknown())
    .nullish()
    .catch(null)
    .transform((list) => {
      const texts = (list ?? [])
        .filter((one) => typeof one === 'string')
        .map((one) => one.trim().replace(/^(?:\.\/)+/, ''))
      return [...new Set(texts.filter(isMeant))].slice(0, most)
    })

/** What a planner wants to see before it plans: files, and where names are defined and used. */
const Questions = z.object({
  subtasks: z.array(z.unknown()).nullish(),
  read: listOf((path) => path !== '' && path.length <= 300, MOST_FILES),
  find: listOf((name) => NAME.test(name), MOST_NAMES),
})
export type PlanQuestions = Pick<z.infer<typeof Questions>, 'read' | 'find'>

/** The questions in a planner's reply; null where it asks nothing, or has a plan. */
export function readQuestions(reply: string): PlanQuestions | null {
  const asked = Questions.safeParse(findJson(reply))
  if (!asked.success) return null
  const { subtasks, read, find } = asked.data
  if ((subtasks ?? []).length > 0 || read.length + find.length === 0) return null
  return { read, find }
}

/** Where names are defined and used: for each file a fence with its path, so that a private one can be cut out. */
export function describePlaces(places: readonly NamePlaces[]): { path: string; text: string }[] {
  const lines = new Map<string, string[]>()
  const tell = (path: string, line: string): unknown => lines.set(path, [...(lines.get(path) ?? []), line])
  for (const { definitions } of places)
    for (const { path, definition } of definitions) tell(path, `${definition.line}| ${definition.signature}`)
  for (const { name, uses } of places)
    for (const { path, lines } of uses) tell(path, `${lines[0]}| uses ${name}${alsoOn(lines.slice(1))}`)
  return Array.from(lines, ([path, some]) => ({
    path,
    text: inFence(path, some.slice(0, MOST_LINES).join('\n')),
  }))
}

const alsoOn = (lines: readonly number[]): string =>
  lines.length === 0 ? '' : `, also on ${lines.slice(0, MOST_LINES).join(', ')}`
