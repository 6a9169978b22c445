import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { SwarmError } from '../core/errors.ts'
import { answerHeader } from './answer-header.ts'

/** In a list of origins: every page that this machine serves itself, on any port. */
export const LOOPBACK = 'loopback'

/**
 * Lets browsers call from the origins listed, and nobody's page from elsewhere: without a key, any page the user opens
 * could otherwise start tasks on his code and read it. `*` means any origin.
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  const isAny = origins.includes('*')
  const preflight = cors({
    origin: (origin) => (isAllowed(origin, origins) ? (isAny ? '*' : origin) : null),
    // browsers send many headers of the SDKs' own, so whatever they ask to send is allowed
    allowMethods: ['GET', 'POST', 'DELETE', 'OPTIONS'],
    maxAge: 600,
  })
  return (c, next) => {
    const origin = c.req.header('origin')
    if (c.req.method === 'OPTIONS') return preflight(c, next)
    answerHeader(c, 'vary', 'Origin')
    if (origin === undefined) return next()
    // a simple POST is sent without asking first: not giving permission to read the answer would be too late
    if (!isAllowed(origin, origins)) {
      throw new SwarmError(
        'forbidden',
        `pages from ${origin} may not call this server: list it under server.corsOrigins, or set QUORUM_API_KEY`,
      )
    }
    // before the answer is begun: one on the client's own connection has no headers to be added to
    answerHeader(c, 'access-control-allow-origin', isAny ? '*' : origin)
    answerHeader(c, 'access-control-expose-headers', EXPOSED)
    return next()
  }
}

const EXPOSED = [
  'x-request-id',
  'x-quorum-task',
  'x-quorum-route',
  'x-should-retry',
  'retry-after',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'openai-processing-ms',
].join(',')

function isAllowed(origin: string, origins: readonly string[]): boolean {
  if (origins.includes('*') || origins.includes(origin)) return true
  return origins.includes(LOOPBACK) && /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(origin)
}
