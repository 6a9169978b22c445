import { randomUUID } from 'node:crypto'
import type { ChatRequest } from '../chat-request.ts'
import { bodyOf } from '../connection.ts'
import type { Presentation } from '../presentation.ts'
import type { ApiServices, Relayed } from '../services.ts'
import { stepChunks, stepObject } from '../step/render.ts'
import type { Told } from '../step/tell.ts'
import { goOn, type FollowUp } from './follow-up.ts'

/** The answer to what a client's tools said of our calls, in the form of a chat's answer. It costs nothing. */
export async function answerFollowUp(
  followUp: FollowUp,
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
): Promise<Relayed> {
  const presentation = await goOn(followUp, request, services)
  const form = {
    id: randomUUID(),
    model: request.model,
    createdAt: Math.floor(services.clock.now() / 1000),
    includeUsage: request.includeUsage,
  }
  // a response is made from a stream, whatever the client asked for
  const stream = request.body.stream === true
  const render = stream ? stepChunks : stepObject
  return {
    status: 200,
    contentType: stream ? 'text/event-stream' : 'application/json',
    body: bodyOf((signal) => render(() => told(presentation), form, services, signal), client),
  }
}

async function* told({ text, calls }: Presentation): AsyncGenerator<Told, void, void> {
  if (text !== '') yield { kind: 'text', text }
  if (calls.length > 0) yield { kind: 'calls', calls }
  yield { kind: 'cost', cost: { prompt: 0, cached: 0, completion: 0, reasoning: 0 } }
}
