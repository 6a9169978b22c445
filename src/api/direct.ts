import type { Context } from 'hono'
import type { ChatRequest } from './chat-request.ts'
import { passOnChat } from './pass-on.ts'
import { withModel } from './replace-model.ts'
import type { ApiServices } from './services.ts'

/** Sends the client's own request on to the cheapest tier, and its answer back, byte for byte. */
export async function answerDirectly(
  c: Context,
  request: ChatRequest,
  { relay, models }: ApiServices,
  client: AbortSignal,
): Promise<Response> {
  const tier = models.tiers[0]!
  return passOnChat(c, await relay.open(tier, withModel(request.text, models.modelOf(tier)), client))
}
