import type { CallToolResult } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { answer } from '../../core/answer.ts'
import { evidence } from '../../core/evidence.ts'
import { privateIn as contentIn } from '../../core/privacy/withhold.ts'
import { patchOf } from '../../core/receipt.ts'
import type { TaskState } from '../../core/state.ts'
import { Effort, NO_BUDGET } from '../../core/task.ts'
import type { Running } from '../../tasks/runner.ts'
import { sealedReceipt } from '../../tasks/seal.ts'
import { narration } from '../narration.ts'
import { requireReady } from '../readiness.ts'
import type { ApiServices, Readiness } from '../services.ts'
import { chooseWorkspace, namedWorkspace } from '../workspace-choice.ts'

export const SolveInput = z.strictObject({
  task: z.string().trim().min(1).max(100_000).describe('what to change, in words'),
  files: z
    .array(z.string().min(1).max(1_000))
    .max(200)
    .default([])
    .describe('the only files that may change; default: whatever the task needs'),
  workspace: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .describe('name of the workspace; default: the first one served'),
  effort: Effort.default('medium'),
})

type Needs = Pick<ApiServices, 'runner' | 'workspaces' | 'clock' | 'heartbeatMs' | 'withheld'> & {
  readonly readiness: () => Promise<Readiness>
}

/** Does a task, telling what happens, and hands over the change. Whoever cancels stops it for real. */
export async function solve(
  { task: request, files, workspace, effort }: z.infer<typeof SolveInput>,
  services: Needs,
  tell: (message: string) => Promise<void>,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const asked = workspace === undefined ? [] : [{ name: workspace, param: 'workspace' }]
  const choice = await chooseWorkspace(await namedWorkspace(asked, services), [], services)
  await requireReady(services.readiness)
  signal.throwIfAborted()
  const task = services.runner.start({
    request,
    conversation: '',
    filesOwned: files,
    allowTests: false,
    effort,
    budget: NO_BUDGET,
    workspace: choice,
  })
  const state = await followed(task, services, tell, signal)
  const kept = await privateIn(answer(state, null), services)
  return kept.length > 0 ? keptBack(state, kept) : solved(state)
}

async function followed(
  task: Running,
  services: Needs,
  tell: (message: string) => Promise<void>,
  signal: AbortSignal,
): Promise<TaskState> {
  const cancel = (): void => task.cancel('cancelled by the MCP client')
  signal.addEventListener('abort', cancel, { once: true })
  try {
    for await (const { line } of narration(task, services, signal)) {
      if (line !== null && (await privateIn(line, services)).length === 0) await tell(line)
    }
    return await task.done
  } finally {
    signal.removeEventListener('abort', cancel)
    // a story that can be told to nobody any more is over
    if (task.state().status === 'running') cancel()
    await task.done
  }
}

/** Private files of which a text holds something, old or new. */
async function privateIn(text: string, { withheld }: Needs): Promise<readonly string[]> {
  const marked = contentIn(text, (path) => withheld.isPrivate(path))
  return marked.length > 0 ? marked : withheld.filesIn(text)
}

/** What a client is told of a change that it may hand on to a model anywhere, and that is not for all of them. */
function keptBack(state: TaskState, files: readonly string[]): CallToolResult {
  const names = files.slice(0, 5).join(', ')
  const text = `The task ${state.id} is ${state.status}. The answer is not shown here, because private files are part of it (${names}): GET /api/task/${state.id} has it. Where every client's model is at home, "mcp": {"showPrivate": true} in quorum.config.json shows it.`
  return {
    content: [{ type: 'text', text }],
    isError: state.status === 'failed' || state.status === 'cancelled',
  }
}

/** The answer to read; what a program wants of it beside; and the receipt where no model has to read it. */
function solved(state: TaskState): CallToolResult {
  const receipt = sealedReceipt(state)
  const patch = patchOf(state)
  return {
    content: [{ type: 'text', text: answer(state, receipt.sha256) }],
    structuredContent: {
      task: state.id,
      status: state.status,
      verdict: evidence(state, receipt.sha256),
      files: patch?.files ?? [],
      diff: patch?.diff ?? null,
    },
    _meta: { 'quorum/receipt': receipt },
    isError: state.status === 'failed' || state.status === 'cancelled',
  }
}
