import type { MiddlewareHandler } from 'hono'
import type { Clock } from '../cascade/ports.ts'

/** Says, in OpenAI's own header, how long it took until the answer began. */
export function processingTime(clock: Clock): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = clock.now()
    await next()
    // on the response itself: hono's own way would make a second one around its body
    c.res.headers.set('openai-processing-ms', String(Math.round(clock.now() - startedAt)))
  }
}
