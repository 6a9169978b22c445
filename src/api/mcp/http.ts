import { randomUUID } from 'node:crypto'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { Context } from 'hono'
import { z } from 'zod'
import { jsonOrNull } from '../../core/json.ts'
import { clientOf } from '../connection.ts'
import type { ApiServices } from '../services.ts'
import { createMcpServers, type McpServices } from './servers.ts'

/** MCP over streamable HTTP: requests stand for themselves, and nothing is kept between them. */
export function mcp(
  services: McpServices & Pick<ApiServices, 'bodyLimit'>,
): (c: Context) => Promise<Response> {
  const servers = createMcpServers(services)
  const options = { maxRequestBodySize: services.bodyLimit }
  const quick = createMcpHandler(servers.make, options)
  // a task takes longer than clients wait for a first byte
  const patient = createMcpHandler(servers.make, { ...options, responseMode: 'sse' })

  return async (c) => {
    const { method, url, headers } = c.req.raw
    const client = clientOf(c)
    const text = method === 'POST' ? await c.req.text() : null
    const message = Message.safeParse(text === null ? null : jsonOrNull(text)).data
    const session = c.req.header('mcp-session-id')
    const id = message?.params?.requestId
    if (message?.method === 'notifications/cancelled' && session !== undefined && id !== undefined) {
      servers.cancel({ session, id })
    }
    const handler = LONG.has(message?.params?.name ?? '') ? patient : quick
    const answer = await handler.fetch(new Request(url, { method, headers, body: text, signal: client }))
    // older clients call themselves by it when they cancel
    if (message?.method === 'initialize' && answer.ok) answer.headers.set('mcp-session-id', randomUUID())
    return answer
  }
}

/** What is looked at of a message; reading it is the protocol's business. */
const Message = z.object({
  method: z.string().optional(),
  params: z
    .object({
      name: z.string().optional().catch(undefined),
      requestId: z.union([z.string(), z.number()]).optional(),
    })
    .optional(),
})

const LONG: ReadonlySet<string> = new Set(['solve', 'run_tests'])
