import type { Context } from 'hono'
import type { WorkspaceChoice } from '../core/task.ts'
import { triage } from '../core/triage.ts'
import type { Audience } from './audience.ts'
import { readChatRequest, type ChatRequest } from './chat-request.ts'
import { chatChunks, chatCompletion } from './chunks.ts'
import { bodyOf, clientOf } from './connection.ts'
import { answerDirectly } from './direct.ts'
import type { Flights } from './flights.ts'
import type { ApiServices, Readiness } from './services.ts'
import { SSE_HEADERS } from './sse.ts'
import { taskFor } from './start-task.ts'
import { chooseWorkspace, namedWorkspace } from './workspace-choice.ts'

/** What the routes that start tasks share. */
export type Front = {
  readonly services: ApiServices
  readonly audience: Audience
  readonly flights: Flights
  readonly readiness: () => Promise<Readiness>
}

/** A chat request: a change to code goes to the swarm, everything else straight through to one model. */
export function chat(front: Front): (c: Context) => Promise<Response> {
  const { services } = front
  return async (c) => {
    const client = clientOf(c)
    const header = (name: string) => c.req.header(name)
    const request = readChatRequest(
      await c.req.text(),
      header('x-quorum-workspace'),
      services,
      header('x-quorum'),
    )
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
  front: Front,
  client: AbortSignal,
): Promise<Response> {
  const { services, audience } = front
  const task = await taskFor(c, request, workspace, front, client)
  const leave = audience.open(task)
  if (request.stream) {
    const body = bodyOf((signal) => chatChunks(task, request, services, signal), client, leave)
    return c.body(body, 200, SSE_HEADERS)
  }
  const body = bodyOf((signal) => chatCompletion(task, request, services, signal), client, leave)
  return c.body(body, 200, { 'content-type': 'application/json' })
}
