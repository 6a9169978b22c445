import type { RedFlag } from '../red-flags.ts'
import { readTasksFile } from './tasks-file.ts'
import type { CommandName } from './command.ts'

/** A command that writes documents, not code. */
export type Documenting = Exclude<CommandName, 'implement'>

type Work = {
  /** The document that has to be there in the end. */
  readonly main: string
  /** Others that may be written with it. */
  readonly beside: readonly string[]
  readonly template: string
  /** Documents that it is made from; the first has to be there. */
  readonly from: readonly string[]
  readonly does: string
}

/** What each of them writes, and from what. */
export const DOCUMENTS: Readonly<Record<Documenting, Work>> = {
  specify: {
    main: 'spec.md',
    beside: [],
    template: 'spec-template',
    from: [],
    does:
      'the specification: what its users need and why, without saying how it will be built. Each requirement can be tested, ' +
      'and success can be measured. Where the request leaves something open, choose what is usual and list it as an ' +
      'assumption; mark at most three points that nobody can choose for the user with [NEEDS CLARIFICATION: the question].',
  },
  plan: {
    main: 'plan.md',
    beside: ['research.md', 'data-model.md', 'quickstart.md'],
    template: 'plan-template',
    from: ['spec.md'],
    does:
      'the technical plan: the stack, the structure of folders and files as this project has them, and how the plan keeps to ' +
      'the constitution. Decisions with their reasons go into research.md, entities with fields and rules into data-model.md ' +
      'where there are any, and how to try the feature into quickstart.md.',
  },
  tasks: {
    main: 'tasks.md',
    beside: [],
    template: 'tasks-template',
    from: ['plan.md', 'spec.md', 'data-model.md', 'research.md', 'quickstart.md'],
    does:
      'the list of tasks, in phases under headings like `## Phase 1: Setup`: set-up, what all stories need, one phase for each ' +
      'user story in the order of priority, polish. Each task is one line: `- [ ] T001 [P] [US1] what to do in path/to/file`, ' +
      'numbered in the order of work, with [P] only where it writes other files than its neighbours and needs none of them, ' +
      'with [US1] only in the phase of that story, and with the exact path of the file that it writes.',
  },
}

/** What a coder of such a document is told to do. */
export function describeWork(
  name: Documenting,
  folder: string,
  { template, lines }: { readonly template: string | null; readonly lines: number },
): string {
  const { main, does } = DOCUMENTS[name]
  const files = filesOf(name, folder).join(', ')
  const form =
    template === null
      ? 'No template for it is there, so choose clear headings.'
      : `Keep to the headings of ${template} and their order; replace its placeholders and leave out its examples and hints.`
  return `Write ${folder}/${main}, ${does}\n${form}\nWrite nothing but ${files}, in at most ${lines} lines together.`
}

export const MOST_QUESTIONS = 3

/** How many points of a specification are left to the user. */
export const questionsIn = (text: string): number => text.split('[NEEDS CLARIFICATION').length - 1

/** Why a change is not the document that was asked for, `main` being what that says after it; null where it is. */
export function faultInDocuments(
  name: Documenting,
  folder: string,
  changed: readonly string[],
  main: string | undefined,
): RedFlag | null {
  const own = new Set(filesOf(name, folder))
  const stray = changed.find((path) => !own.has(path))
  if (stray !== undefined) return fault(`it writes ${stray}, which is not asked for`)
  const path = `${folder}/${DOCUMENTS[name].main}`
  if (main === undefined) return fault(`it does not write ${path}`)
  if (name === 'tasks' && readTasksFile(main).length === 0)
    return fault(`${path} holds no line of the form "- [ ] T001 what to do in which file"`)
  const questions = questionsIn(main)
  if (name === 'specify' && questions > MOST_QUESTIONS)
    return fault(`${path} holds ${questions} marks [NEEDS CLARIFICATION], and ${MOST_QUESTIONS} are allowed`)
  return null
}

/** Everything that such a command may write, the main document first. */
export const filesOf = (name: Documenting, folder: string): string[] =>
  [DOCUMENTS[name].main, ...DOCUMENTS[name].beside].map((file) => `${folder}/${file}`)

const fault = (reason: string): RedFlag => ({ code: 'document', reason })
