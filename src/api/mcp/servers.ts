import {
  McpServer,
  type CallToolResult,
  type McpServerFactory,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { SwarmError } from '../../core/errors.ts'
import { createReadiness } from '../readiness.ts'
import type { ApiServices } from '../services.ts'
import { createCancellations, type Cancellations } from './cancellations.ts'
import { contentOf } from './content.ts'
import { solve, SolveInput } from './solve.ts'

/** What MCP needs of the house. */
export type McpServices = Pick<
  ApiServices,
  | 'outsideTools'
  | 'withheld'
  | 'runner'
  | 'workspaces'
  | 'clock'
  | 'heartbeatMs'
  | 'version'
  | 'ready'
  | 'onBug'
>

/** Servers of the protocol, one for each connection or request, and how to stop what one of them does. */
export type McpServers = { readonly make: McpServerFactory; readonly cancel: Cancellations['cancel'] }

/** The six tools and `solve`, over whatever transport. */
export function createMcpServers(services: McpServices): McpServers {
  const { outsideTools: tools, version } = services
  const readiness = createReadiness(services)
  const cancellations = createCancellations()
  return { make, cancel: (asked) => cancellations.cancel(asked) }

  function make({ requestInfo }: Parameters<McpServerFactory>[0]): McpServer {
    const server = new McpServer({ name: 'quorum', title: 'Quorum', version })
    const session = requestInfo?.headers.get('mcp-session-id') ?? null
    for (const { name, description, input, onlyReads } of tools.cards) {
      const annotations = { readOnlyHint: onlyReads, destructiveHint: false, openWorldHint: false }
      server.registerTool(name, { description, inputSchema: input, annotations }, (given, context) =>
        answered(session, context, async (signal) => contentOf(await tools.call(name, given, signal))),
      )
    }
    server.registerTool('solve', SOLVE, (input, context) =>
      answered(session, context, (signal) =>
        solve(input, { ...services, readiness }, progressOf(context), signal),
      ),
    )
    return server
  }

  /** Ends when the client cancels or leaves; a fault is for it to read. */
  async function answered(
    session: string | null,
    { mcpReq: { id, signal } }: ServerContext,
    work: (signal: AbortSignal) => Promise<CallToolResult>,
  ): Promise<CallToolResult> {
    using cancellation = session === null ? null : cancellations.open({ session, id })
    try {
      return await work(cancellation ? AbortSignal.any([signal, cancellation.signal]) : signal)
    } catch (error) {
      if (error instanceof SwarmError) return contentOf({ text: error.message, isError: true })
      if (signal.aborted || cancellation?.signal.aborted)
        return contentOf({ text: 'cancelled', isError: true })
      services.onBug?.(error)
      return contentOf({ text: 'internal error', isError: true })
    }
  }
}

const SOLVE = {
  description:
    "Have a task done by a swarm of coders: a change to the code of the workspace, checked by the project's own tests and linters on a copy. Returns the proven change as a unified diff, which is not applied. Takes minutes.",
  inputSchema: SolveInput,
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
} as const

/** Tells the client what happens, if it wants to know. */
function progressOf({ mcpReq }: ServerContext): (message: string) => Promise<void> {
  // oxlint-disable-next-line no-underscore-dangle -- the protocol calls it that
  const progressToken = mcpReq._meta?.progressToken
  let progress = 0
  return async (message) => {
    if (progressToken === undefined) return
    progress += 1
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, message } })
  }
}
