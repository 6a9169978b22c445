import { z } from 'zod'
import { findJson } from './json.ts'
import { meantAmong } from './meant-path.ts'
import { readPaths } from './plan-paths.ts'
import type { Plan, Subtask } from './task.ts'

/** What the planner may write; lenient where small models differ, strict where it matters. */
const Draft = z.object({
  subtasks: z
    .array(
      z.object({
        id: z.union([z.string(), z.number()]).transform(String),
        description: z.string().trim().min(1),
        filesOwned: z
          .array(z.string())
          .nullish()
          .transform((files) => files ?? []),
        dependsOn: z
          .array(z.union([z.string(), z.number()]).transform(String))
          .nullish()
          .transform((ids) => ids ?? []),
      }),
    )
    .min(1)
    .max(12),
})

/** Places in the story that are no sub-tasks. */
const OUR_PLACES: ReadonlySet<string> = new Set(['plan', 'union', 'revision', 'review', 'check'])

/** What a plan is held against. */
export type PlanRules = {
  readonly request: string
  /** Files the caller allows; empty means all. */
  readonly callerOwned: readonly string[]
  /** Files that are there. */
  readonly existing: ReadonlySet<string>
  /** May this path be written at all? */
  readonly mayWrite: (path: string) => boolean
}

/** Reads a planner's reply. Whatever is wrong with it, the answer is a plan: at worst the whole request as one task. */
export function readPlan(reply: string, rules: PlanRules): Plan {
  const json = findJson(answerIn(reply))
  if (json === undefined) return onePlan(rules, 'the planner wrote no JSON')
  const draft = Draft.safeParse(json)
  if (!draft.success) return onePlan(rules, `the planner's JSON does not fit: ${firstIssue(draft.error)}`)
  const drafted = draft.data.subtasks
  const ids = new Set(drafted.map(({ id }) => id))
  if (ids.size < drafted.length) return onePlan(rules, 'the planner used one id twice')
  const taken = drafted.find(({ id }) => OUR_PLACES.has(id))
  if (taken) return onePlan(rules, `the planner used the id "${taken.id}", which means something else`)
  const stray = drafted.flatMap(({ dependsOn }) => dependsOn).find((id) => !ids.has(id))
  if (stray !== undefined) return onePlan(rules, `the plan depends on "${stray}", which is not in it`)

  const meant = meantAmong(rules.existing)
  const named = drafted.map((subtask) => readPaths(subtask.filesOwned, meant, rules))
  const subtasks = drafted.map((subtask, index) => ({
    ...subtask,
    filesOwned: [...(named[index]!.paths ?? rules.callerOwned)],
  }))
  const remarks = [...new Set(named.flatMap((one) => one.remarks))].slice(0, MOST_REMARKS)
  const lost = subtasks.find(
    (subtask, index) => subtask.filesOwned.length === 0 && drafted[index]!.filesOwned.length > 0,
  )
  if (lost) return onePlan(rules, `sub-task ${lost.id} owns no file it may write`)
  const waves = wavesOf(subtasks)
  if (waves === null) return onePlan(rules, 'the plan depends on itself')
  const plan = { subtasks: serialiseWriters(waves.flat()), fallback: null }
  return remarks.length === 0 ? plan : { ...plan, remarks }
}

/** Does a reply hold something that is meant to be a plan, be it a good one or not? */
export const holdsPlan = (reply: string): boolean => Draft.safeParse(findJson(answerIn(reply))).success

const MOST_REMARKS = 12

/** The safe plan: the whole request as one task. */
export function onePlan(rules: PlanRules, reason: string): Plan {
  return {
    subtasks: [{ id: '1', description: rules.request, filesOwned: [...rules.callerOwned], dependsOn: [] }],
    fallback: reason,
  }
}

/** Sub-tasks in waves: each wave needs only earlier ones. null when they depend on each other in a circle. */
export function wavesOf(subtasks: readonly Subtask[]): Subtask[][] | null {
  const waves: Subtask[][] = []
  const done = new Set<string>()
  while (done.size < subtasks.length) {
    const wave = subtasks.filter(
      ({ id, dependsOn }) => !done.has(id) && dependsOn.every((other) => done.has(other)),
    )
    if (wave.length === 0) return null
    waves.push(wave)
    for (const { id } of wave) done.add(id)
  }
  return waves
}

/**
 * Two sub-tasks that may write one file never run side by side: the later one waits for the earlier. They come in an
 * order in which nobody waits for a later one, so waiting for earlier ones never closes a circle.
 */
export function serialiseWriters(ordered: readonly Subtask[]): Subtask[] {
  return ordered.map((subtask, index) => {
    const rivals = ordered.slice(0, index).filter((other) => mayCollide(subtask, other))
    return { ...subtask, dependsOn: [...new Set([...subtask.dependsOn, ...rivals.map(({ id }) => id)])] }
  })
}

/** A sub-task without owned files may write anything; new files may appear beside owned ones, in the same folder. */
function mayCollide(left: Subtask, right: Subtask): boolean {
  if (left.filesOwned.length === 0 || right.filesOwned.length === 0) return true
  return left.filesOwned.some((path) => right.filesOwned.includes(path))
}

/** From where the plan begins: prose and thoughts before it may hold braces too. */
const answerIn = (reply: string): string =>
  reply.slice([...reply.matchAll(/\{\s*["']?subtasks\b/g)].at(-1)?.index ?? 0)

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue ? `${issue.path.join('.') || 'top level'}: ${issue.message}` : 'unknown'
}
