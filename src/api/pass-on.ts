import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { NO_RETRY, statusCode, type ErrorBody } from './faults.ts'
import type { Relayed } from './services.ts'
import { SSE_HEADERS } from './sse.ts'
import { watched } from './watch.ts'

/** A chat's answer, byte for byte; a stream that breaks off must not look complete. */
export async function passOnChat(c: Context, answer: Relayed): Promise<Response> {
  const { status, contentType, body } = answer
  if (status >= 400) return answerRefusal(c, answer)
  if (contentType.includes('event-stream')) return c.body(watched(body), statusCode(status), SSE_HEADERS)
  // half an object of JSON does not look whole, so its bytes can go without a look
  return c.body(body, statusCode(status), { 'content-type': contentType })
}

/** Any other answer, byte for byte. */
export async function passOn(c: Context, answer: Relayed): Promise<Response> {
  const { status, contentType, body } = answer
  if (status >= 400) return answerRefusal(c, answer)
  const headers = contentType.includes('event-stream') ? SSE_HEADERS : { 'content-type': contentType }
  return c.body(breakingOff(c, body), statusCode(status), headers)
}

/**
 * An answer that is cut breaks off for the client too, so that nobody takes half a file for a whole one. To end it with
 * an error would do the same, and print the error's stack.
 */
function breakingOff(c: Context, source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { outgoing }: Partial<HttpBindings> = c.env
  if (!outgoing) return source
  const reader = source.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const step = await reader.read()
          if (!step.done) return controller.enqueue(step.value)
        } catch {
          outgoing.destroy()
        }
        controller.close()
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
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
async function answerRefusal(c: Context, { status, body, retryAfter }: Relayed): Promise<Response> {
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
