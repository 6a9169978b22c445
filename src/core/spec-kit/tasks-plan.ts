import { serialiseWriters } from '../plan.ts'
import { isGateConfig } from '../protected.ts'
import type { Plan, Subtask } from '../task.ts'
import { chosenBy } from './choice.ts'
import { isErrand } from './errand.ts'
import type { ListedTask, Phase } from './tasks-file.ts'
import { isTest, putTogether, type Together } from './together.ts'

/** What one run does, and what it leaves. */
export type TasksPlan = {
  /** null where no open task is left that may be done. */
  readonly plan: Plan | null
  /** In the order of work. */
  readonly taken: readonly ListedTask[]
  /** Open ones that only the user can do. */
  readonly kept: readonly KeptTask[]
  /** The other open ones, for later. */
  readonly rest: readonly ListedTask[]
}

/** All that it names is protected here, or it is done outside the files. */
export type KeptTask = ListedTask & { readonly why: 'protected' | 'errand' }

export type TaskRules = {
  /** Files the caller allows; empty means all. */
  readonly callerOwned: readonly string[]
  readonly mayWrite: (path: string) => boolean
  /** Nothing of the project is there yet, its configuration neither. */
  readonly isNew: boolean
}

/** More sub-tasks than this no plan holds. */
export const MOST_SUBTASKS = 12
/** More tasks than this nobody reads through in one diff. */
const MOST_TASKS = 24

/**
 * Open tasks as a plan: phases are barriers, runs of `[P]` stand side by side as far as they write different files, and
 * everything else comes one after the other. Whole phases as long as they fit; of a long first one as much as does.
 */
export function planTasks(phases: readonly Phase[], words: string, rules: TaskRules): TasksPlan {
  const chosen = chosenBy(words, phases)
  const open = phases.map(({ tasks }) => tasks.filter(({ isDone }) => !isDone))
  const kept = open.flat().flatMap((task) => keptBy(rules, task) ?? [])
  const mine = new Set(kept.map(({ line }) => line))
  const groups = putTogether(
    open.map((tasks) => tasks.filter(({ line }) => !mine.has(line))),
    (task) => namesWork(task, rules),
  )
  const wanted = groups
    .map((phase) => phase.map((group) => group.filter((task) => chosen?.has(task) ?? true)))
    .map((phase) => testsLast(phase.filter(({ length }) => length > 0)))
    .filter(({ length }) => length > 0)
  const fitting = thatFit(wanted)
  const taken = fitting.flat(2)
  const seen = new Set([...mine, ...taken.map(({ line }) => line)])
  const rest = open.flat().filter(({ line }) => !seen.has(line))
  const plan = taken.length === 0 ? null : { subtasks: subtasksOf(fitting, rules), fallback: null }
  return { plan, taken, kept, rest }
}

function keptBy(rules: TaskRules, task: ListedTask): KeptTask | null {
  if (isErrand(task, { mayInstall: rules.mayWrite('package.json') })) return { ...task, why: 'errand' }
  if (task.files.length === 0 || task.files.some((path) => mayOwn(path, rules))) return null
  return { ...task, why: 'protected' }
}

/** What a new project is configured by is judged together with the first code, so no such task stands for itself. */
const namesWork = ({ files }: ListedTask, { isNew }: TaskRules): boolean =>
  files.length > 0 && !(isNew && files.some((path) => isGateConfig(path) || path === '.gitignore'))

const mayOwn = (path: string, { callerOwned, mayWrite }: TaskRules): boolean =>
  mayWrite(path) && (callerOwned.length === 0 || callerOwned.includes(path))

/**
 * spec-kit puts tests before the code they test, to see them fail. Here each part has to pass the project's checks by
 * itself, so within a phase they come last.
 */
function testsLast(groups: readonly Together[]): Together[] {
  const isOfTests = (group: Together): boolean => group.every(isTest)
  return [...groups.filter((group) => !isOfTests(group)), ...groups.filter(isOfTests)]
}

/** The first phase, or as much of it as fits, and then whole ones. */
function thatFit([first = [], ...others]: readonly (readonly Together[])[]): Together[][] {
  const some = first.slice(0, MOST_SUBTASKS)
  const taken = [some.filter((_, index) => fits([some.slice(0, index + 1)]))]
  for (const phase of others) {
    if (taken[0]!.length < first.length || !fits([...taken, phase])) break
    taken.push([...phase])
  }
  return taken
}

const fits = (phases: readonly (readonly Together[])[]): boolean =>
  phases.flat().length <= MOST_SUBTASKS && phases.flat(2).length <= MOST_TASKS

/** Each run waits for all of the run before it; within a run only those wait that write a file of another. */
function subtasksOf(phases: readonly (readonly Together[])[], rules: TaskRules): Subtask[] {
  let before: readonly string[] = []
  return phases.flatMap(runsOf).flatMap((run) => {
    const waiting = before
    const subtasks = run.map((group) => ({ ...subtaskOf(group, rules), dependsOn: [...waiting] }))
    before = subtasks.map(({ id }) => id)
    return serialiseWriters(subtasks)
  })
}

/** Where a task names no file, nobody knows which it takes. */
function subtaskOf(group: Together, rules: TaskRules): Omit<Subtask, 'dependsOn'> {
  const [{ id } = { id: '' }] = group
  const told = group.map((task) => `${task.id}${task.story === null ? '' : ` (${task.story})`}: ${task.text}`)
  const isBounded = group.every((task) => namesWork(task, rules))
  const files = isBounded ? group.flatMap((task) => task.files).filter((path) => mayOwn(path, rules)) : []
  return {
    id,
    description: group.length === 1 ? told.join('') : `${told.join('\n')}\n${ALL_OF_THEM}`,
    filesOwned: files.length > 0 ? files : [...rules.callerOwned],
  }
}

const ALL_OF_THEM = 'These belong together: do all of them, and nothing of the other tasks.'

/** What is done together follows on what comes before it, and what comes after it waits. */
function runsOf(groups: readonly Together[]): Together[][] {
  const runs: Together[][] = []
  const isParallel = ([task, ...others]: Together): boolean => others.length === 0 && task!.isParallel
  for (const group of groups) {
    const run = runs.at(-1)
    if (run && isParallel(group) && isParallel(run.at(-1)!)) run.push(group)
    else runs.push([group])
  }
  return runs
}
