import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

/** What becomes of an answer once it has begun: it is passed on, a 503 stands in for it, or the connection drops. */
export type Fate = 'whole' | 'busy' | 'dropped'

/** A request that went through, and what came back for it so far. */
export type Passed = { readonly body: string; route: string; answer: string }

/** What stands between clients and the server in many a company. This one counts, and breaks what it is told to. */
export async function openGateway(t: TestContext, target: string, fates: readonly Fate[] = []) {
  const passed: Passed[] = []
  const server = createServer((request, response) => void pass(request, response))

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.setEncoding('utf8').toArray()).join('')
    const fate = fates[passed.length] ?? 'whole'
    const entry: Passed = { body, route: '', answer: '' }
    passed.push(entry)
    const { method, headers, url = '' } = request
    const onward = send(new URL(url, target), { method, headers }, (answer) => {
      entry.route = String(answer.headers['x-quorum-route'])
      if (fate !== 'whole') return fail(fate, response)
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.setEncoding('utf8').on('data', (text: string) => (entry.answer += text))
      answer.pipe(response)
    })
    // whoever leaves here leaves there, and the other way round
    response.once('close', () => onward.destroy())
    onward.once('error', () => response.destroy())
    onward.end(body)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}/v1`, passed }
}

function fail(fate: 'busy' | 'dropped', response: ServerResponse): void {
  if (fate === 'dropped') return void response.destroy()
  const error = { message: 'the gateway is busy', type: 'gateway_error', param: null, code: null }
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after-ms': '10' })
  response.end(JSON.stringify({ error }))
}

/** Waits for something that has no event of its own; only a broken test waits long. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 3_000; tries += 1) {
    if (condition()) return
    await sleep(10)
  }
  throw new Error(`it never came that ${what}`)
}
