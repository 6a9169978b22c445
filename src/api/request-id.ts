import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { answerHeader } from './answer-header.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The caller's own id of this request, or a new one. */
    requestId: string
  }
}

/**
 * Names each request, and says so in `x-request-id`. Hono's own would keep a set of headers beside the client's connection,
 * which for a short answer costs as much as checking its body.
 */
export function requestId(): MiddlewareHandler {
  return (c, next) => {
    const given = c.req.header('x-request-id')
    const id = given !== undefined && ID.test(given) ? given : randomUUID()
    c.set('requestId', id)
    answerHeader(c, 'x-request-id', id)
    return next()
  }
}

/** It is told back in a header and stands in the ids of answers. */
const ID = /^[\w=-]{1,255}$/
