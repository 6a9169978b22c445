import { randomUUID } from 'node:crypto'
import type { ChatRequest } from '../chat-request.ts'
import type { Presentation } from '../presentation.ts'
import type { ApiServices, Relayed } from '../services.ts'
import { answerTelling } from '../step/render.ts'
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
  return answerTelling(() => told(presentation), randomUUID(), request, services, client)
}

async function* told({ text, calls }: Presentation): AsyncGenerator<Told, void, void> {
  if (text !== '') yield { kind: 'text', text }
  if (calls.length > 0) yield { kind: 'calls', calls }
  yield { kind: 'cost', cost: { prompt: 0, cached: 0, completion: 0, reasoning: 0 } }
}
