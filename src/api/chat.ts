import type { Context } from 'hono'
import type { WorkspaceChoice } from '../core/task.ts'
import { triage } from '../core/triage.ts'
import type { Audience } from './audience.ts'
import { readChatRequest, type ChatRequest } from './chat-request.ts'
import { chatChunks, chatCompletion } from './chunks.ts'
import { bodyOf, clientOf } from './connection.ts'
import { answerDirectly } from './direct.ts'
import { badRequest } from './faults.ts'
import { requireReady } from './readiness.ts'
import type { ApiServices, Readiness } from './services.ts'
import { SSE_HEADERS } from './sse.ts'
import { chooseWorkspace, namedWorkspace } from './workspace-choice.ts'

/** What the routes that start tasks share. */
export type Front = {
  readonly services: ApiServices
  readonly audience: Audience
  readonly readiness: () => Promise<Readiness>
}

/** A chat request: a change to code goes to the swarm, everything else straight through to one model. */
export function chat(front: Front): (c: Context) => Promise<Response> {
  const { services } = front
  return async (c) => {
    const client = clientOf(c)
    const request = readChatRequest(await c.req.text(), c.req.header('x-quorum-workspace'), services)
    const named = await namedWorkspace(request.named, services)
    const hasPlace = services.workspaces.names().length > 0 || named !== null || request.files.length > 0
    const verdict = triage({ ...request.facts, hasPlace })
    if (verdict.kind === 'direct') {
      c.header('x-quorum-route', `direct; ${verdict.why}`)
      return answerDirectly(c, request, services, client)
    }
    const workspace = await chooseWorkspace(named, request.files, services)
    return answerBySwarm(c, request, workspace, front, client)
  }
}

async function answerBySwarm(
  c: Context,
  request: ChatRequest,
  workspace: WorkspaceChoice,
  { services, audience, readiness }: Front,
  client: AbortSignal,
): Promise<Response> {
  const asked = taskText(request)
  await requireReady(readiness)
  client.throwIfAborted()
  const task = services.runner.start({
    request: asked,
    conversation: request.conversation,
    filesOwned: [],
    allowTests: request.allowTests,
    effort: request.effort,
    budget: request.budget,
    workspace,
  })
  c.header('x-quorum-route', 'task')
  c.header('x-quorum-task', task.id)
  const leave = audience.open(task)
  if (request.stream) {
    const body = bodyOf((signal) => chatChunks(task, request, services, signal), client, leave)
    return c.body(body, 200, SSE_HEADERS)
  }
  const body = bodyOf((signal) => chatCompletion(task, request, services, signal), client, leave)
  return c.body(body, 200, { 'content-type': 'application/json' })
}

/** "Make this faster" means the file beside it, so the request keeps the names of the files it came with. */
function taskText({ facts, files }: ChatRequest): string {
  if (facts.request === '') throw badRequest('the last user message asks for nothing', 'messages')
  if (files.length === 0) return facts.request
  return `${facts.request}\n\nAttached files: ${files.map(({ path }) => path).join(', ')}`
}
