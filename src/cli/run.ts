import { loadConfig, type Config, type Overrides } from '../config.ts'
import { SwarmError } from '../core/errors.ts'
import { within } from '../core/budget.ts'
import { answer } from '../core/answer.ts'
import { evidence } from '../core/evidence.ts'
import { patchOf } from '../core/receipt.ts'
import type { Budget, Effort } from '../core/task.ts'
import type { TaskState, TaskStatus } from '../core/state.ts'
import type { Served } from '../served.ts'
import type { Running } from '../tasks/runner.ts'
import { sealedReceipt } from '../tasks/seal.ts'
import { openLogger, openSwarm, type Swarm } from '../wire.ts'
import { deliver, type Delivery } from './deliver.ts'
import { INTERRUPTED, onInterrupt } from './interrupt.ts'
import { progressLine, say, strong } from './render.ts'
import { readTasks, type TaskInput } from './task-input.ts'

export type RunFlags = Overrides & {
  file?: string
  dryRun?: boolean
  json?: boolean
  allowTests?: boolean
  effort?: Effort
  budgetTokens?: number
  budgetSeconds?: number
  budgetAttempts?: number
}

const VERIFIED = 0
const BROKEN = 1
const NOT_VERIFIED = 2
const CODES: Record<TaskStatus, number> = {
  verified: VERIFIED,
  unverified: NOT_VERIFIED,
  abstained: NOT_VERIFIED,
  failed: BROKEN,
  cancelled: BROKEN,
  running: BROKEN,
}

/** Does tasks in order, each on the tree the one before left, and answers with the exit code. */
export async function run(request: string | undefined, flags: RunFlags): Promise<number> {
  using interrupt = onInterrupt()
  const { file, dryRun = false, json = false, allowTests = false, effort = 'medium', ...more } = flags
  const { budgetTokens, budgetSeconds, budgetAttempts, ...overrides } = more
  const asked: Budget = {
    tokens: budgetTokens ?? null,
    seconds: budgetSeconds ?? null,
    attempts: budgetAttempts ?? null,
  }
  const config = loadConfig({ overrides, cwd: process.cwd() })
  const tasks = await readTasks(request, file, config.cwd)
  const workspace = workspaceOf(config)
  const swarm = await openSwarm(config, openLogger(quiet(config)), interrupt.signal)
  try {
    await swarm.workspaces.sweep()
    await requireModels(swarm, interrupt.signal)
    const codes: number[] = []
    for (const [index, task] of tasks.entries()) {
      if (tasks.length > 1) say(strong(`task ${index + 1} of ${tasks.length}: ${task.description}`))
      const state = await follow(
        {
          ...task,
          allowTests: task.allowTests || allowTests,
          effort: task.effort ?? effort,
          budget: within(task.budget, asked),
        },
        workspace,
        swarm,
        config,
        interrupt.signal,
      )
      const delivery = await deliver(state, { ...config, folder: workspace.path, dryRun }, interrupt.signal)
      report(state, delivery, workspace, { dryRun, json })
      if (interrupt.signal.aborted) return INTERRUPTED
      codes.push(delivery.kind === 'saved' && state.status === 'verified' ? BROKEN : CODES[state.status])
      if (codes.includes(BROKEN)) break // what broke here would break the next, or be built on sand
    }
    const left = tasks.length - codes.length
    if (left > 0) say(`${left} of ${tasks.length} tasks were not begun`)
    return codes.includes(BROKEN) ? BROKEN : Math.max(...codes)
  } finally {
    await swarm.close()
  }
}

function workspaceOf({ workspaces, cwd }: Config): Served {
  const [workspace] = workspaces
  if (workspace) return workspace
  throw new SwarmError('bad-request', `${cwd} is in no git repository; name a project: --workspace DIR`)
}

/** People watch the progress; log lines come instead of it where somebody asked for them, or reads them by machine. */
const quiet = (config: Config): Config =>
  showsLog(config) ? config : { ...config, log: { ...config.log, level: 'silent' } }

const showsLog = ({ log }: Config): boolean => log.asked || log.json

async function requireModels(swarm: Swarm, signal: AbortSignal): Promise<void> {
  const { ok, reason } = await swarm.ready(signal)
  if (!ok)
    throw new SwarmError(
      'upstream',
      [reason ?? 'no model answers', ...swarm.roles.notes.slice(1)].join('\n  '),
    )
}

/** Starts one task, tells what happens as it happens, and waits for its end. */
async function follow(
  { description, filesOwned, allowTests, effort, budget }: TaskInput & { effort: Effort },
  { name }: Served,
  swarm: Swarm,
  config: Config,
  signal: AbortSignal,
): Promise<TaskState> {
  const workspace = { kind: 'named', name } as const
  const asked = { request: description, conversation: '', filesOwned, allowTests, workspace, effort, budget }
  const task = swarm.runner.start(asked)
  const cancel = (): void => task.cancel('interrupted')
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    if (!showsLog(config)) await showProgress(task)
    return await task.done
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

async function showProgress(task: Running): Promise<void> {
  // follows to the story's end: also a cancelled one has a last word
  for await (const entry of task.entries(0, new AbortController().signal)) {
    const line = progressLine(entry, task.state().startedAt)
    if (line !== null) say(line)
  }
}

function report(
  state: TaskState,
  delivery: Delivery,
  workspace: Served,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): void {
  if (json) return console.log(JSON.stringify(machineReport(state, delivery)))
  // a patch on stdout is there to be piped, so nothing else may be
  if (dryRun && delivery.kind === 'printed') {
    process.stdout.write(patchOf(state)?.diff ?? '')
    return say(evidence(state, sealedReceipt(state).sha256))
  }
  console.log([answer(state, sealedReceipt(state).sha256), ...deliveryLine(delivery, workspace)].join('\n\n'))
}

function deliveryLine(delivery: Delivery, { path }: Served): string[] {
  if (delivery.kind === 'applied') return [`Applied to ${path}.`]
  if (delivery.kind !== 'saved') return []
  const where = `Not applied, because ${delivery.reason}`
  return [
    `${where}\nSaved as ${delivery.path}\nTo apply it all the same: git -C ${path} apply --3way ${delivery.path}`,
  ]
}

function machineReport(state: TaskState, delivery: Delivery) {
  const patch = patchOf(state)
  return {
    task: state.id,
    status: state.status,
    description: state.request,
    reason: state.reason,
    applied: delivery.kind === 'applied',
    savedTo: delivery.kind === 'saved' ? delivery.path : null,
    files: patch?.files ?? [],
    diff: patch?.diff ?? null,
    receipt: sealedReceipt(state),
  }
}
