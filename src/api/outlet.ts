import { PassThrough, Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { statusCode } from './faults.ts'
import { processingMs } from './processing-time.ts'

/** Where an answer's bytes go, and what the handler returns for it. */
export type Outlet = { readonly client: Writable; readonly response: Response; readonly flush: () => void }

/**
 * Begins an answer on the client's own connection: a body that went through hono would be one more stream, and another
 * turn of the event loop for each of its pieces.
 */
export function openOutlet(c: Context, status: number, headers: Record<string, string>): Outlet {
  const { outgoing }: Partial<HttpBindings> = c.env
  if (!outgoing) return withoutConnection(c, status, headers)
  outgoing.setHeader('openai-processing-ms', processingMs(c))
  outgoing.writeHead(status, headers)
  return { client: outgoing, response: RESPONSE_ALREADY_SENT, flush: () => outgoing.flushHeaders() }
}

/** A request that did not come over a connection. */
function withoutConnection(c: Context, status: number, headers: Record<string, string>): Outlet {
  const client = new PassThrough()
  const body = ReadableStream.from<Uint8Array>(Readable.from(client))
  return { client, response: c.body(body, statusCode(status), headers), flush: () => {} }
}
