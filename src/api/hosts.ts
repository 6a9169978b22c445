import type { MiddlewareHandler } from 'hono'
import { SwarmError } from '../core/errors.ts'

/**
 * Without a key, answers only who calls this machine by its own name. A page from elsewhere can have its own name lead to
 * 127.0.0.1 (DNS rebinding); to the browser it is then the page's own server, and no origin is checked.
 */
export function requireLoopbackHost(): MiddlewareHandler {
  return (c, next) => {
    const host = c.req.header('host')
    if (host === undefined || LOOPBACK_HOST.test(host)) return next()
    throw new SwarmError(
      'forbidden',
      `a server without an API key answers to localhost, 127.0.0.1 and host.docker.internal only, not to ${host.slice(0, 100)}: from a compose service or another machine, set QUORUM_API_KEY and send it`,
    )
  }
}

/** The names by which a container calls its machine are nobody's to give away either. */
const LOOPBACK_HOST =
  /^(?:(?:[a-z\d-]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\]|host\.docker\.internal|host\.containers\.internal)(?::\d{1,5})?$/i
