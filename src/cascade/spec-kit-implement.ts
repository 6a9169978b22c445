import { isUnbegun } from '../core/new-project/unbegun.ts'
import { checkPath } from '../core/paths.ts'
import type { RedFlag } from '../core/red-flags.ts'
import { goesOnAnyway, unfinishedIn } from '../core/spec-kit/checklists.ts'
import { sayFewer, sayKept, sayProgress, sayUnfinished } from '../core/spec-kit/report.ts'
import { readTasksFile, tick, type ListedTask } from '../core/spec-kit/tasks-file.ts'
import { planTasks, type TasksPlan } from '../core/spec-kit/tasks-plan.ts'
import type { Outcome } from '../core/task.ts'
import type { Project } from './ports.ts'
import { readFiles } from './read-files.ts'
import { noFeature, notStarted } from './spec-kit-words.ts'
import type { Ground, NotStarted, SpecKitOrder } from './spec-kit.ts'

/** `implement`: the plan is what tasks.md says, and its boxes are ticked in the tree that everything is made on. */
export async function implementOrder(
  ground: Ground,
  signal: AbortSignal,
): Promise<SpecKitOrder | NotStarted> {
  const { command, facts, asked, project, paths, ports } = ground
  const { folder } = facts
  if (folder === null) return notStarted(noFeature(ground))
  const path = `${folder}/tasks.md`
  const text = await project.read(project.base, path)
  if (text === undefined)
    return notStarted(`${path} is not there yet. Run \`${command.prefix}tasks\` first, and then this again.`)
  const selected = select(text, ground)
  const { plan, taken } = selected
  if (!plan) return notStarted(whyNothing(text, path, selected, ground))
  const lists = paths.filter((path) => path.startsWith(`${folder}/checklists/`) && path.endsWith('.md'))
  const unfinished = unfinishedIn(await readFiles(project, lists))
  if (unfinished.length > 0 && !goesOnAnyway(command.words))
    return notStarted(sayUnfinished(unfinished, command))

  const ticked = [{ path, content: tick(text, taken) }]
  const base = await project.write(project.base, ticked, signal)
  return {
    kind: 'order',
    task: { ...asked, request: requestOf(taken, folder, command.words) },
    project: { ...project, base },
    plan,
    limits: ports.limits,
    shown: documentsOf(folder, paths),
    faultIn: async (changes) => touchesDocuments(changes, folder),
    async ended(outcome, signal) {
      if (outcome.kind !== 'abstained')
        return delivered(outcome, path, sayProgress(selected, folder, command))
      const told = { ...outcome, reason: outcome.reason + sayFewer(selected, command) }
      return withoutTicks(told, { project, base }, signal)
    },
  }
}

function select(text: string, { command, asked, project, paths }: Ground): TasksPlan {
  const { filesOwned: callerOwned, allowTests } = asked
  const { judges } = project
  const rules = { filesOwned: [], callerOwned, allowTests, existing: new Set(paths), judges }
  return planTasks(readTasksFile(text), command.words, {
    callerOwned,
    mayWrite: (path) => checkPath(path, rules).ok,
    isNew: isUnbegun(paths),
  })
}

function whyNothing(text: string, path: string, { kept, rest }: TasksPlan, { command }: Ground): string {
  if (readTasksFile(text).length === 0)
    return `${path} holds no task of the form "- [ ] T001 what to do". Run \`${command.prefix}tasks\` to write it anew.`
  if (kept.length === 0 && rest.length === 0) return `Every task of ${path} is done: nothing is open.`
  const others =
    rest.length === 0
      ? ''
      : `No task that you name is left to do here. Open are ${rest.map(({ id }) => id).join(', ')}; \`${command.prefix}implement\` alone does the next of them.`
  return [others, sayKept(kept)].filter((sentence) => sentence !== '').join(' ')
}

function requestOf(taken: readonly ListedTask[], folder: string, words: string): string {
  const list = taken.map(({ id, text }) => `- ${id} ${text.split('\n')[0]}`).join('\n')
  const more = words === '' ? '' : `\n\nThe user adds: ${words}`
  return `Implement these tasks of the feature in ${folder}, as its documents say. Their boxes are ticked already.\n${list}${more}`
}

/** What tells how to build it, the most telling first. */
function documentsOf(folder: string, paths: readonly string[]): string[] {
  const named = ['plan.md', 'spec.md', 'data-model.md', 'research.md'].map((file) => `${folder}/${file}`)
  const contracts = paths.filter((path) => path.startsWith(`${folder}/contracts/`)).slice(0, MOST_CONTRACTS)
  const existing = new Set(paths)
  return [...named, ...contracts, '.specify/memory/constitution.md'].filter((path) => existing.has(path))
}

const MOST_CONTRACTS = 6

/** The documents are another command's, and the boxes ours. */
function touchesDocuments(changes: readonly { path: string }[], folder: string): RedFlag | null {
  const own = changes.find(({ path }) => path.startsWith('.specify/') || path.startsWith(`${folder}/`))
  if (!own) return null
  return {
    code: 'protected',
    reason: `${own.path} may not be written: the feature's documents stay as they are`,
  }
}

type Abstained = Extract<Outcome, { kind: 'abstained' }>

/** Nobody is told that ticked boxes are changed tests. */
function delivered(outcome: Exclude<Outcome, Abstained>, tasksPath: string, remark: string): Outcome {
  if (outcome.kind === 'unverified') return { ...outcome, remark }
  return { ...outcome, testsChanged: outcome.testsChanged.filter((path) => path !== tasksPath), remark }
}

/** What was not delivered ticks no box. */
async function withoutTicks(
  outcome: Abstained,
  { project, base }: { readonly project: Project; readonly base: string },
  signal: AbortSignal,
): Promise<Outcome> {
  const { best } = outcome
  if (!best || project.onTop) return outcome
  return { ...outcome, best: { ...best, patch: await project.diff(base, best.patch.tree, signal) } }
}
