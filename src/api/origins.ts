import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { SwarmError } from '../core/errors.ts'

/** In a list of origins: every page that this machine serves itself, on any port. */
export const LOOPBACK = 'loopback'

/**
 * Lets browsers call from the origins listed, and nobody's page from elsewhere: without a key, any page the user opens
 * could otherwise start tasks on his code and read it. `*` means any origin.
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  const allow = cors({
    origin: (origin) => (isAllowed(origin, origins) ? (origins.includes('*') ? '*' : origin) : null),
    // browsers send many headers of the SDKs' own, so whatever they ask to send is allowed
    allowMethods: ['GET', 'POST', 'DELETE', 'OPTIONS'],
    exposeHeaders: [
      'x-request-id',
      'x-quorum-task',
      'x-quorum-route',
      'x-should-retry',
      'retry-after',
      'openai-processing-ms',
    ],
    maxAge: 600,
  })
  return async (c, next) => {
    const origin = c.req.header('origin')
    // a simple POST is sent without asking first: not giving permission to read the answer would be too late
    if (origin !== undefined && c.req.method !== 'OPTIONS' && !isAllowed(origin, origins)) {
      throw new SwarmError(
        'forbidden',
        `pages from ${origin} may not call this server: list it under server.corsOrigins, or set QUORUM_API_KEY`,
      )
    }
    return allow(c, next)
  }
}

function isAllowed(origin: string, origins: readonly string[]): boolean {
  if (origins.includes('*') || origins.includes(origin)) return true
  return origins.includes(LOOPBACK) && /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(origin)
}
