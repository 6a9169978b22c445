import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, type Server } from '../src/cli/server.ts'
import { loadConfig } from '../src/config.ts'

/** The real server in this process, in front of a scripted upstream. */
export async function startQuorum(upstream: string, workspace: string): Promise<Server> {
  const cache = await mkdtemp(join(tmpdir(), 'quorum-bench-'))
  const config = loadConfig({
    overrides: { port: '0', workspace: [`bench=${workspace}`], logLevel: 'silent' },
    cwd: workspace,
    env: { LITELLM_URL: upstream, QUORUM_CACHE: cache, QUORUM_DATA: ':memory:' },
  })
  const server = await startServer(config, new AbortController().signal)
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(cache, { recursive: true, force: true })
    },
  }
}
