import { once } from 'node:events'
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { SwarmError } from '../core/errors.ts'

/** How long answers may take to leave after the last task has ended. */
const LAST_BYTES_MS = 500

export type Listener = {
  /** Base URL for clients, `/v1` not included. */
  readonly url: string
  /** Takes no more connections. */
  refuse(): void
  /** Lets the last bytes leave, then closes every connection. */
  close(): Promise<void>
}

/** Serves the app. Throws 'bad-request' when the address cannot be had. */
export async function listen(app: Hono, { host, port }: { host: string; port: number }): Promise<Listener> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- HTTP/1 is what it makes unless told otherwise
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new SwarmError('bad-request', whyNot(error, host, port), { cause: error })
  }
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve)
  })
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    refuse: () => server.close(),
    async close() {
      server.close()
      server.closeIdleConnections()
      const patience = new AbortController()
      await Promise.race([closed, sleep(LAST_BYTES_MS, undefined, { signal: patience.signal })])
      patience.abort()
      server.closeAllConnections()
      await closed
    },
  }
}

function whyNot(error: unknown, host: string, port: number): string {
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('EADDRINUSE')) return `port ${port} is taken; choose another: --port ${port + 1}`
  return `cannot listen on ${host}:${port}: ${message}`
}
