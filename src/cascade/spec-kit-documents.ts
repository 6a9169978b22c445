import {
  DOCUMENTS,
  describeWork,
  faultInDocuments,
  filesOf,
  questionsIn,
  type Documenting,
} from '../core/spec-kit/documents.ts'
import { FEATURE_FILE, featureFile, newFolder } from '../core/spec-kit/feature.ts'
import { PRESETS_FILE, readRegistry, templateFor } from '../core/spec-kit/template.ts'
import type { Outcome, Plan, Task } from '../core/task.ts'
import { count } from '../core/wording.ts'
import type { Limits, Project } from './ports.ts'
import { noFeature, notStarted } from './spec-kit-words.ts'
import type { Ground, NotStarted, SpecKitOrder } from './spec-kit.ts'

/** `specify`, `plan` and `tasks`: one part, which owns the documents, with the template and the earlier ones at hand. */
export async function documentOrder(
  name: Documenting,
  ground: Ground,
  signal: AbortSignal,
): Promise<SpecKitOrder | NotStarted> {
  const { command, facts, paths, project, ports } = ground
  if (name === 'specify' && command.words === '')
    return notStarted(`Say what to build: \`${command.prefix}specify\` and a sentence or more.`)
  const folder = name === 'specify' ? newFolder(command.words, paths, facts, ports.clock.now()) : facts.folder
  if (folder === null) return notStarted(noFeature(ground))
  const [needed] = DOCUMENTS[name].from
  const existing = new Set(paths)
  if (needed !== undefined && !existing.has(`${folder}/${needed}`))
    return notStarted(`${folder}/${needed} is not there yet. Run \`${command.prefix}${BEFORE[name]}\` first.`)

  const registry = readRegistry(await project.read(project.base, PRESETS_FILE))
  const template = templateFor(DOCUMENTS[name].template, paths, registry)
  const task = taskFor(name, folder, template, ground)
  const from = DOCUMENTS[name].from.map((file) => `${folder}/${file}`)
  const contracts = paths.filter((path) => name === 'tasks' && path.startsWith(`${folder}/contracts/`))
  const shown = [...(template === null ? [] : [template]), ...from, ...contracts, CONSTITUTION]
  const named = name === 'specify' && !facts.isIgnored ? await naming(folder, project, signal) : project
  return {
    kind: 'order',
    task,
    project: judgedAsItIs(named),
    plan: planOf(task),
    limits: limitsFor(ground),
    shown: shown.filter((path) => existing.has(path)),
    async faultIn(changes, base) {
      const path = `${folder}/${DOCUMENTS[name].main}`
      const change = changes.find((change) => change.path === path)
      const text = change ? (change.content ?? undefined) : await project.read(base, path)
      return faultInDocuments(
        name,
        folder,
        changes.map(({ path }) => path),
        text,
      )
    },
    ended: async (outcome) => ended(outcome, name, folder, ground),
  }
}

const CONSTITUTION = '.specify/memory/constitution.md'
const BEFORE = { specify: 'specify', plan: 'specify', tasks: 'plan' } as const
const AFTER = { specify: 'plan', plan: 'tasks', tasks: 'implement' } as const

/** The command is the leave to write its documents, and no others. */
function taskFor(
  name: Documenting,
  folder: string,
  template: string | null,
  { asked, command, ports }: Ground,
): Task {
  const work = describeWork(name, folder, { template, lines: ports.limits.patchLines })
  const words = command.words === '' ? '' : `\n\nThe user's own words:\n${command.words}`
  return { ...asked, request: `${work}${words}`, filesOwned: filesOf(name, folder) }
}

const planOf = ({ request, filesOwned }: Task): Plan => ({
  subtasks: [{ id: '1', description: request, filesOwned, dependsOn: [] }],
  fallback: null,
})

/** No two writers write one document alike, so nothing but ballots tells which to take; at low effort there is one only. */
const limitsFor = ({ asked, ports: { limits } }: Ground): Limits =>
  asked.effort === 'low' ? limits : { ...limits, voting: 'first-to-3' }

/** The project with this feature as the one that is worked on. */
async function naming(folder: string, project: Project, signal: AbortSignal): Promise<Project> {
  const change = { path: FEATURE_FILE, content: featureFile(folder) }
  return { ...project, base: await project.write(project.base, [change], signal) }
}

/** Documents are no project yet: where none has begun, nothing asks them for one. */
function judgedAsItIs(project: Project): Project {
  const { gates } = project
  const checkout: Project['checkout'] = (tree, signal) => project.checkout(tree, signal)
  return { ...project, judgeOf: async () => ({ kind: 'judge', isNew: false, gates, checkout }) }
}

function ended(outcome: Outcome, name: Documenting, folder: string, { command, facts }: Ground): Outcome {
  if (outcome.kind === 'abstained') return outcome
  const own: readonly string[] = filesOf(name, folder)
  const spec = outcome.files.find(({ path }) => path === `${folder}/spec.md`)
  const questions = questionsIn(spec?.after ?? '')
  const remark = [
    name === 'specify' && facts.isIgnored
      ? `git ignores ${FEATURE_FILE}, so it is no part of this change: let it name ${folder}.`
      : '',
    questions === 0
      ? ''
      : `${count(questions, 'question')} for you, marked [NEEDS CLARIFICATION] in ${folder}/spec.md.`,
    'The checks say nothing of what a document says: read it.',
    `Apply this change, then go on with \`${command.prefix}${AFTER[name]}\`.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
  if (outcome.kind === 'unverified') return { ...outcome, remark }
  return { ...outcome, testsChanged: outcome.testsChanged.filter((path) => !own.includes(path)), remark }
}
