import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { Clock } from '../cascade/ports.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Milliseconds since the request came. */
    sinceMs: () => number
  }
}

/** Says, in OpenAI's own header, how long it took until the answer began. */
export function processingTime(clock: Clock): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = clock.now()
    c.set('sinceMs', () => clock.now() - startedAt)
    await next()
    // an answer on the client's own connection has said it already
    const { outgoing }: Partial<HttpBindings> = c.env ?? {}
    if (outgoing?.headersSent) return
    // on the response itself: hono's own way would make a second one around its body
    c.res.headers.set('openai-processing-ms', processingMs(c))
  }
}

/** How long it has taken so far, as the header says it. */
export const processingMs = (c: Context): string => String(Math.round(c.get('sinceMs')()))
