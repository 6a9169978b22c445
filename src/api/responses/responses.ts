import { responseIdOf } from '../../core/task-id.ts'
import type { Context } from 'hono'
import { answerHeader } from '../answer-header.ts'
import type { Running } from '../../tasks/runner.ts'
import type { Front } from '../chat.ts'
import { clientOf } from '../connection.ts'
import { goingOn } from '../earlier.ts'
import { isOurs } from '../model-ids.ts'
import { presentFor } from '../present-for.ts'
import type { Present } from '../presentation.ts'
import { askOne, routeOf } from '../route.ts'
import type { Relayed } from '../services.ts'
import { taskFor } from '../start-task.ts'
import { readResponsesBody, type ResponsesBody } from './body.ts'
import { asChatRequest, chatText, inCallersWords } from './chat-body.ts'
import { answerTurn } from './direct.ts'
import { withPrevious } from './previous.ts'
import { reply } from './reply.ts'
import { storyPieces } from './story.ts'
import { createTelling } from './telling.ts'

/** A request for a response: understood and triaged as a chat, answered in the events of the newer protocol. */
export function responses(front: Front): (c: Context) => Promise<Response> {
  return async (c) => {
    const client = clientOf(c)
    const asked = withPrevious(c, readResponsesBody(await c.req.text()), front)
    return inCallersWords(() => answerAsked(c, asked, front, client))
  }
}

async function answerAsked(
  c: Context,
  asked: ResponsesBody,
  front: Front,
  client: AbortSignal,
): Promise<Response> {
  const { services } = front
  const listed = isOurs(asked.model) ? null : await services.catalogue.find(asked.model)
  if (listed) {
    const text = chatText(asked)
    return tell(
      'direct; a model of the upstream',
      text.length,
      await services.relay.open(listed.tier, text, client),
    )
  }

  const read = asChatRequest(asked, (name) => c.req.header(name), services)
  const request = goingOn(c, read, front.earlier)
  const route = await routeOf(request, services, client)
  if (route.kind === 'task') {
    const task = await taskFor(c, request, route.workspace, front, client)
    return answerWithTask(c, asked, presentFor(request, route.handOver), task, front, client)
  }
  const answer = await askOne(route, request, services, client)
  return tell(`${route.kind}; ${route.why}`, request.text.length, answer)

  function tell(how: string, promptCharacters: number, answer: Relayed): Promise<Response> | Response {
    answerHeader(c, 'x-quorum-route', how)
    return answerTurn(c, asked, { answer, promptCharacters }, services, client)
  }
}

function answerWithTask(
  c: Context,
  asked: ResponsesBody,
  present: Present,
  task: Running,
  { services, audience }: Front,
  client: AbortSignal,
): Response {
  const createdAt = Math.floor(task.state().startedAt / 1000)
  return reply(c, {
    telling: createTelling({ id: responseIdOf(task.id), createdAt, asked }),
    pieces: (signal) => storyPieces(task, present, services, signal),
    stream: asked.stream === true,
    client,
    ended: audience.open(task),
  })
}
