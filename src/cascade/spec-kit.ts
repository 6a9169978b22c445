import { readCommand, type Command } from '../core/spec-kit/command.ts'
import { FEATURE_FILES, readFacts, type SpecKitFacts } from '../core/spec-kit/feature.ts'
import type { RedFlag } from '../core/red-flags.ts'
import type { FileChange, Outcome, Plan, Task } from '../core/task.ts'
import type { Limits, Ports, Project } from './ports.ts'
import { readFiles } from './read-files.ts'
import { documentOrder } from './spec-kit-documents.ts'
import { implementOrder } from './spec-kit-implement.ts'

/** A command of spec-kit, ready to be worked on: what a planner would have found out is known, and what we write stands. */
export type SpecKitOrder = {
  readonly kind: 'order'
  /** The task in plain words, as everybody after this reads it. */
  readonly task: Task
  /** Its base holds what we write ourselves (ticked boxes, the feature's name), so that this is checked and delivered too. */
  readonly project: Project
  readonly plan: Plan
  /** The owner's numbers, as this command needs them. */
  readonly limits: Limits
  /** Documents that coders are to read, the most important first. */
  readonly shown: readonly string[]
  /** What this command does not let a coder do. */
  faultIn(changes: readonly FileChange[], base: string): Promise<RedFlag | null>
  /** The outcome, with what is to be said of the command. */
  ended(outcome: Outcome, signal: AbortSignal): Promise<Outcome>
}

/** The command cannot be started; what it says is all the answer there is. */
export type NotStarted = { readonly kind: 'not-started'; readonly outcome: Outcome }

/** What is known before either kind of command is looked at. */
export type Ground = {
  readonly command: Command
  readonly facts: SpecKitFacts
  readonly asked: Task
  readonly project: Project
  readonly paths: readonly string[]
  readonly ports: Pick<Ports, 'clock' | 'limits'>
}

/** Reads whether a task is a command of spec-kit, and makes it ready; null where it is any other request. */
export async function specKitOrder(
  asked: Task,
  project: Project,
  ports: Ground['ports'],
  signal: AbortSignal,
): Promise<SpecKitOrder | NotStarted | null> {
  const command = readCommand(asked.request)
  if (!command) return null
  const paths = await project.files(project.base)
  const facts = readFacts(await readFiles(project, FEATURE_FILES), paths)
  const ground: Ground = { command, facts, asked, project, paths, ports }
  const { name } = command
  return name === 'implement' ? implementOrder(ground, signal) : documentOrder(name, ground, signal)
}
