import type { Context } from 'hono'
import type { WorkspaceChoice } from '../core/task.ts'
import type { Running } from '../tasks/runner.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Front } from './chat.ts'
import { badRequest } from './faults.ts'
import { flightKey } from './flight-key.ts'
import type { Begun } from './flights.ts'
import { requireReady } from './readiness.ts'

/** The task that answers a request: the one that the same request started before, or a new one. Says which in the headers. */
export async function taskFor(
  c: Context,
  request: ChatRequest,
  workspace: WorkspaceChoice,
  front: Front,
  client: AbortSignal,
): Promise<Running> {
  const asked = taskText(request)
  const { services, flights, readiness } = front
  const key = flightKey(c, request.text, workspace)
  const joined = key === null ? null : await flights.find(key, workspace, client)
  if (joined) return announced(c, { task: joined, isNew: false })

  await requireReady(readiness)
  client.throwIfAborted()
  const start = (): Running =>
    services.runner.start({
      request: asked,
      conversation: request.conversation,
      filesOwned: [],
      allowTests: request.allowTests,
      effort: request.effort,
      budget: request.budget,
      workspace,
    })
  return announced(c, key === null ? { task: start(), isNew: true } : flights.begin(key, start))
}

function announced(c: Context, { task, isNew }: Begun): Running {
  c.header('x-quorum-route', isNew ? 'task' : `task; joined ${stageOf(task)}`)
  c.header('x-quorum-task', task.id)
  return task
}

const stageOf = (task: Running): string => (task.state().status === 'running' ? 'running' : 'finished')

/** "Make this faster" means the file beside it, so the request keeps the names of the files it came with. */
function taskText({ facts, files }: ChatRequest): string {
  if (facts.request === '') throw badRequest('the last user message asks for nothing', 'messages')
  if (files.length === 0) return facts.request
  return `${facts.request}\n\nAttached files: ${files.map(({ path }) => path).join(', ')}`
}
