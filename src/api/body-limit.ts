import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { SwarmError } from '../core/errors.ts'
import { errorBody, NO_RETRY } from './faults.ts'

/** Refuses bodies that are larger. */
export function limitBody(maxSize: number): MiddlewareHandler {
  const onError = (c: Context): Response => {
    const fault = new SwarmError('bad-request', `the body is larger than ${maxSize} bytes`)
    return c.json(errorBody(fault), 413, NO_RETRY)
  }
  const counting = bodyLimit({ maxSize, onError })
  return async (c, next) => {
    const { incoming }: Partial<HttpBindings> = c.env
    // counting makes a web stream of the body. One that came with its length is no longer than that: node sees to it
    if (!incoming || incoming.headers['transfer-encoding'] !== undefined) return counting(c, next)
    return Number(incoming.headers['content-length'] ?? 0) > maxSize ? onError(c) : next()
  }
}
