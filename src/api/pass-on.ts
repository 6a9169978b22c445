import type { Context } from 'hono'
import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { NO_RETRY, statusCode, type ErrorBody } from './faults.ts'
import { openOutlet } from './outlet.ts'
import { pour } from './pour.ts'
import type { Relayed } from './services.ts'
import { sourceOf } from './source.ts'
import { SSE_HEADERS } from './sse.ts'
import { asItIs } from './valve.ts'

/**
 * An answer that is no chat, byte for byte. One that is cut breaks off for the client too, so that nobody takes half a
 * file for a whole one.
 */
export async function passOn(c: Context, answer: Relayed): Promise<Response> {
  if (answer.status >= 400) return answerRefusal(c, answer)
  const { client, response, flush } = openOutlet(c, answer.status, headersOf(answer))
  // with what has come already the headers are one packet
  if (!pour(sourceOf(answer), client, asItIs)) flush()
  return response
}

export const isEventStream = (contentType: string): boolean => contentType.includes('event-stream')

/** The headers an answer is passed on with. */
export function headersOf({ contentType, contentLength }: Relayed): Record<string, string> {
  if (isEventStream(contentType)) return SSE_HEADERS
  return { 'content-type': contentType, ...(contentLength ? { 'content-length': contentLength } : {}) }
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
export async function answerRefusal(c: Context, { status, body, retryAfter }: Relayed): Promise<Response> {
  const text = await new Response(body).text()
  const patience = retryAfter ? { 'retry-after': retryAfter } : {}
  const headers = isWorthAnotherTry(status) ? patience : NO_RETRY
  return c.json(refusalOf(status, text), statusCode(status), headers)
}

const isWorthAnotherTry = (status: number): boolean => [408, 409, 429].includes(status) || status >= 500

/** An upstream's refusal in OpenAI's form. */
export function refusalOf(status: number, text: string): ErrorBody {
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
      type: typeOf(type ?? fallback.type),
      param: param ?? null,
      code: code === null || code === undefined ? null : String(code),
    },
  }
}

/** Words that some clients take as an invitation to ask for minutes, whatever the status says. */
const typeOf = (type: string): string =>
  type === 'server_error' || type === 'rate_limit_exceeded' ? 'upstream_error' : type
