import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { createCatalogue } from '../../src/models/catalogue.ts'
import type { ModelOptions } from '../../src/models/client.ts'
import { createRelay } from '../../src/models/relay.ts'
import { openApi, realClock, type Api, type ApiOptions } from './server.ts'

/** What reached the upstream, and whether its client left before the answer was complete. */
export type Received = {
  readonly route: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  left: boolean
}

export type Upstream = { readonly url: string; readonly received: Received[]; close(): Promise<void> }

export type Answer = (request: Received, response: ServerResponse) => unknown

/** A server that lists these models, answers the rest as the test says, and keeps what it got. */
export async function startUpstream(
  models: readonly (string | object)[],
  answer: Answer = (_, response) => response.writeHead(404).end('{"detail":"Not Found"}'),
): Promise<Upstream> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    // a caller that leaves in the middle of its request gets no answer
    serve(request, response).catch(() => response.destroy())
  })
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`
    const call: Received = { route, headers: request.headers, body: await buffer(request), left: false }
    if (route === 'GET /v1/models') {
      const data = models.map((model) => (typeof model === 'string' ? { id: model } : model))
      response.end(JSON.stringify({ object: 'list', data }))
      return
    }
    received.push(call)
    response.once('close', () => (call.left = !response.writableFinished))
    answer(call, response)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    received,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The tiers on these upstreams, as the configuration would have them. */
export const tiersOn = (urls: Partial<Record<'fast' | 'deep' | 'cloud', string>>): ModelOptions => ({
  tiers: Object.fromEntries(
    Object.entries(urls).map(([tier, url]) => [
      tier,
      { model: `${tier}-coder`, url, apiKey: `key-of-${tier}`, slots: 1 },
    ]),
  ),
  idleTimeoutMs: 1_000,
  firstTokenTimeoutMs: 1_000,
  tries: 1,
  clock: realClock,
})

/** The real edge, the real relay and the real catalogue in front of one upstream, or of one per tier. */
export async function openBefore(
  t: TestContext,
  fast: Upstream,
  { deep, ...more }: ApiOptions & { deep?: Upstream } = {},
): Promise<Api> {
  const options = tiersOn(deep ? { fast: fast.url, deep: deep.url } : { fast: fast.url })
  const relay = createRelay(options)
  const api = await openApi({ relay, catalogue: createCatalogue(options), ...more })
  t.after(async () => {
    await api[Symbol.asyncDispose]()
    await relay.close()
    await Promise.all([fast, ...(deep ? [deep] : [])].map((upstream) => upstream.close()))
  })
  return api
}
