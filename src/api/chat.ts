import type { Context } from 'hono'
import type { WorkspaceChoice } from '../core/task.ts'
import { answerHeader } from './answer-header.ts'
import type { Audience } from './audience.ts'
import { readChatRequest, type ChatRequest } from './chat-request.ts'
import { chatChunks, chatCompletion } from './chunks.ts'
import { bodyOf, clientOf } from './connection.ts'
import { answerDirectly } from './direct.ts'
import { goingOn, type EarlierTasks } from './earlier.ts'
import type { Flights } from './flights.ts'
import type { HandOver } from './hand-over/hand-over.ts'
import { readAskedForm } from './plain-answer.ts'
import { presentFor } from './present-for.ts'
import type { Pulse } from './pulse.ts'
import { askOne, routeOf } from './route.ts'
import { inChatForm } from './responses/chat-body.ts'
import type { ApiServices, Readiness } from './services.ts'
import { SSE_HEADERS } from './sse.ts'
import { taskFor } from './start-task.ts'
import { straightChat, type StraightChat } from './straight-chat.ts'

/** What the routes that start tasks share. */
export type Front = {
  readonly services: ApiServices
  readonly audience: Audience
  readonly flights: Flights
  readonly earlier: EarlierTasks
  readonly readiness: () => Promise<Readiness>
  readonly pulse: Pulse
}

/** A chat request: a change to code goes to the swarm, everything else straight through to one model. */
export function chat(front: Front): (c: Context) => Promise<Response> {
  const { services } = front
  return async (c) => {
    const client = clientOf(c)
    const header = (name: string): string | undefined => c.req.header(name)
    const text = await c.req.text()
    const straight = await straightChat(text, header, services)
    if (straight) return answerStraight(c, straight, front, client)
    const read = readChatRequest(inChatForm(text), header, services)
    const request = goingOn(c, read, front.earlier)
    const route = await routeOf(request, services, client)
    if (route.kind === 'task') return answerBySwarm(c, request, route, front, client)
    answerHeader(c, 'x-quorum-route', `${route.kind}; ${route.why}`)
    const asked = { model: request.model, form: () => request }
    return answerDirectly(c, askOne(route, request, services, client), asked, front)
  }
}

function answerStraight(
  c: Context,
  { tier, text, model, why }: StraightChat,
  front: Front,
  client: AbortSignal,
): Promise<Response> {
  answerHeader(c, 'x-quorum-route', `direct; ${why}`)
  const opening = front.services.relay.open(tier, text, client)
  return answerDirectly(c, opening, { model, form: () => readAskedForm(text) }, front)
}

async function answerBySwarm(
  c: Context,
  request: ChatRequest,
  { workspace, handOver }: { workspace: WorkspaceChoice; handOver: HandOver },
  front: Front,
  client: AbortSignal,
): Promise<Response> {
  const { services, audience } = front
  const task = await taskFor(c, request, workspace, front, client)
  const leave = audience.open(task)
  const form = {
    model: request.model,
    includeUsage: request.includeUsage,
    statuses: request.form.name === 'open-webui',
    present: presentFor(request, handOver),
  }
  if (request.stream) {
    const body = bodyOf((signal) => chatChunks(task, form, services, signal), client, leave)
    return c.body(body, 200, SSE_HEADERS)
  }
  const body = bodyOf((signal) => chatCompletion(task, form, services, signal), client, leave)
  return c.body(body, 200, { 'content-type': 'application/json' })
}
