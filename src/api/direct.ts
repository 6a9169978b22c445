import type { Context } from 'hono'
import { z } from 'zod'
import type { ChatRequest } from './chat-request.ts'
import { NO_RETRY, statusCode, type ErrorBody } from './faults.ts'
import { withModel } from './replace-model.ts'
import type { ApiServices, Relayed } from './services.ts'
import { SSE_HEADERS } from './sse.ts'
import { watched } from './watch.ts'
import { jsonOrNull } from '../core/json.ts'

/** Sends the client's own request on to the cheapest tier, and its answer back, byte for byte. */
export async function answerDirectly(
  c: Context,
  request: ChatRequest,
  { relay, models }: ApiServices,
  client: AbortSignal,
): Promise<Response> {
  const tier = models.tiers[0]!
  const answer = await relay.open(tier, withModel(request.text, models.modelOf(tier)), client)
  if (answer.status >= 400) return answerRefusal(c, answer)
  const status = statusCode(answer.status)
  if (!answer.contentType.includes('event-stream')) {
    return c.body(answer.body, status, { 'content-type': answer.contentType })
  }
  return c.body(watched(answer.body), status, SSE_HEADERS)
}

const UpstreamError = z.looseObject({
  error: z.union([
    z.string(),
    z.looseObject({
      message: z.string(),
      type: z.string().nullish(),
      param: z.string().nullish(),
      code: z.union([z.string(), z.number()]).nullish(),
    }),
  ]),
})

/** What an upstream refuses is passed on with its status, in OpenAI's form whatever form it had. */
async function answerRefusal(c: Context, { status, body }: Relayed): Promise<Response> {
  const retry = [408, 409, 429].includes(status) || status >= 500 ? {} : NO_RETRY
  const text = await new Response(body).text()
  return c.json(refusalOf(status, text), statusCode(status), retry)
}

function refusalOf(status: number, text: string): ErrorBody {
  const fallback = { type: 'upstream_error', param: null, code: null }
  if (status === 401 || status === 403) {
    // it is the server's own key that was refused, and some upstreams repeat it
    const message = `the upstream answered ${status}: it does not accept Quorum's key for it`
    return { error: { ...fallback, message } }
  }
  // proxies in between answer in HTML; the text itself is shown then
  const read = UpstreamError.safeParse(jsonOrNull(text))
  if (!read.success) {
    return { error: { ...fallback, message: `the upstream answered ${status}: ${text.slice(0, 500)}` } }
  }
  const { error } = read.data
  if (typeof error === 'string') return { error: { ...fallback, message: error } }
  const { message, type, param, code } = error
  return {
    error: {
      message,
      type: type ?? fallback.type,
      param: param ?? null,
      code: code === null || code === undefined ? null : String(code),
    },
  }
}
