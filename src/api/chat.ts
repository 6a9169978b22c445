import type { Context } from 'hono'
import type { WorkspaceChoice } from '../core/task.ts'
import type { Audience } from './audience.ts'
import { readChatRequest, type ChatRequest } from './chat-request.ts'
import { chatChunks, chatCompletion } from './chunks.ts'
import { bodyOf, clientOf } from './connection.ts'
import type { Flights } from './flights.ts'
import { passOnChat } from './pass-on.ts'
import { presentFor } from './present-for.ts'
import { askDirectly, routeOf } from './route.ts'
import type { ApiServices, Readiness } from './services.ts'
import { SSE_HEADERS } from './sse.ts'
import { taskFor } from './start-task.ts'

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
    const request = readChatRequest(await c.req.text(), (name) => c.req.header(name), services)
    const route = await routeOf(request, services)
    if (route.kind === 'task') return answerBySwarm(c, request, route.workspace, front, client)
    c.header('x-quorum-route', `direct; ${route.why}`)
    return passOnChat(c, await askDirectly(request, services, client))
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
  const form = { model: request.model, includeUsage: request.includeUsage, present: presentFor(request) }
  if (request.stream) {
    const body = bodyOf((signal) => chatChunks(task, form, services, signal), client, leave)
    return c.body(body, 200, SSE_HEADERS)
  }
  const body = bodyOf((signal) => chatCompletion(task, form, services, signal), client, leave)
  return c.body(body, 200, { 'content-type': 'application/json' })
}
