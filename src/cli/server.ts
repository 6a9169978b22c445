import type { Config } from '../config.ts'
import { openApi, openLogger, openSwarm, type Swarm } from '../wire.ts'
import { listen } from './listen.ts'

/** A whole Quorum: disposing it cancels what runs, lets the last bytes leave and waits for every cleanup. */
export type Server = AsyncDisposable & { readonly url: string; readonly swarm: Swarm }

/** Starts the swarm and serves it. */
export async function startServer(config: Config, signal: AbortSignal): Promise<Server> {
  await using opened = new AsyncDisposableStack()
  const logger = openLogger(config)
  const swarm = await openSwarm(config, logger, signal)
  // put away in the opposite order: no new request, no task, no direct answer, no connection
  const api = openApi(config, swarm, logger)
  const listener = await listen(api.app, config.server)
  opened.defer(() => listener.close())
  opened.defer(() => api.close())
  opened.defer(() => swarm.close())
  opened.defer(() => listener.refuse())
  await swarm.workspaces.sweep()
  const everything = opened.move()
  return { url: listener.url, swarm, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}
