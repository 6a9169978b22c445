import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'

export type SeeingCall = { readonly route: string; readonly body: string; readonly key: string | undefined }
type Facts = Readonly<Record<string, unknown>>

/**
 * A server whose models see and hear. `says`: what it answers besides, by route, in JSON; a function is given the body.
 */
export async function startSeeingUpstream(
  models: readonly string[],
  says: Readonly<Record<string, Facts | ((body: string) => Facts | number)>> = {},
) {
  const calls: SeeingCall[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const route = `${request.method} ${request.url}`
      const body = (await buffer(request)).toString('latin1')
      if (route === 'GET /v1/models')
        return response.end(JSON.stringify({ data: models.map((id) => ({ id })) }))
      calls.push({ route, body, key: request.headers.authorization })
      const said = says[route]
      const answer = typeof said === 'function' ? said(body) : (said ?? 404)
      if (typeof answer === 'number') return response.writeHead(answer).end('{"error":{"message":"no"}}')
      if ('stream' in answer) {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        return response.end(String(answer['stream']))
      }
      return response.end(JSON.stringify(answer))
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    to: (route: string): SeeingCall[] => calls.filter((call) => call.route === route),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A streamed reply of a model. */
export const streamOf = (text: string): { stream: string } => ({
  stream: [
    { choices: [{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 700, completion_tokens: 30, total_tokens: 730 } },
  ]
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .concat('data: [DONE]\n\n')
    .join(''),
})
