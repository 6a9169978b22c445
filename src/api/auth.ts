import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { SwarmError } from '../core/errors.ts'

/** Lets a request pass that bears the key, as `Authorization: Bearer` or `x-api-key`. */
export function requireKey(apiKey: string): MiddlewareHandler {
  const expected = digest(apiKey)
  return async (c, next) => {
    const given = bearer(c.req.header('authorization')) ?? c.req.header('x-api-key') ?? ''
    // digests have one length, so that the comparison takes one time whatever was sent
    if (!timingSafeEqual(digest(given), expected)) {
      throw new SwarmError('unauthorized', 'a valid API key is needed, as "Authorization: Bearer <key>"')
    }
    return next()
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const bearer = (header: string | undefined): string | undefined => /^Bearer\s+(.+)$/i.exec(header ?? '')?.[1]
