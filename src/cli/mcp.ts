import { once } from 'node:events'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { loadConfig, type Overrides } from '../config.ts'
import { openLogger, openMcp, openSwarm } from '../wire.ts'
import { aborted, onInterrupt } from './interrupt.ts'

/** Serves MCP on stdin and stdout until the client closes them; whatever else there is to say goes to stderr. */
export async function mcp(flags: Overrides): Promise<number> {
  using interrupt = onInterrupt()
  const config = loadConfig({ overrides: flags, cwd: process.cwd() })
  const logger = openLogger(config)
  const swarm = await openSwarm(config, logger, interrupt.signal)
  try {
    await swarm.workspaces.sweep()
    const { make } = openMcp(swarm, logger)
    const hungUp = once(process.stdin, 'end')
    const server = serveStdio(make, { onerror: (error) => logger.trouble(error.message) })
    await Promise.race([hungUp, aborted(interrupt.signal)])
    await server.close()
    return 0
  } finally {
    await swarm.close()
  }
}
