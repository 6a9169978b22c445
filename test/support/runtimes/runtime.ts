import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

export type Body = Readonly<Record<string, unknown>>

/** A model server that only plays one: what it is asked is written down, what it says is scripted. */
export type Runtime = {
  /** With its `/v1`. */
  readonly url: string
  /** Method and path of all requests. */
  readonly asked: string[]
  /** Of the chats. */
  readonly chats: Body[]
}

/** How a runtime speaks. `routes` are the JSON of its other paths; a function is given the request's own. */
export type Manner = {
  readonly routes: Readonly<Record<string, unknown>>
  readonly chat: (body: Body, response: ServerResponse) => Promise<void> | void
  /** Refuses whoever does not know it. */
  readonly key?: string
}

/** Starts it on a free port; it ends with the test. */
export async function startRuntime(t: TestContext, manner: Manner): Promise<Runtime> {
  const asked: string[] = []
  const chats: Body[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response, manner, chats).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}/v1`, asked, chats }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, chat, key }: Manner,
  chats: Body[],
): Promise<void> {
  const text = await readText(request)
  const path = request.url ?? ''
  const isOpen = path === '/health/liveliness' || key === undefined
  if (!isOpen && request.headers.authorization !== `Bearer ${key}`)
    return json(response, 401, { error: { message: 'no key' } })
  if (request.method === 'POST' && path === '/v1/chat/completions') {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client sends an object
    const body = JSON.parse(text) as Body
    chats.push(body)
    return chat(body, response)
  }
  const route = routes[path]
  if (route === undefined) return json(response, 404, { error: { message: 'Not Found' } })
  json(response, 200, typeof route === 'function' ? route(JSON.parse(text || '{}')) : route)
}

/** Ends a response with this status and JSON. */
export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** A list of models as this owner writes it. */
export const listOf = (ids: readonly string[], more: object): object => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model', created: 1_750_000_000, ...more })),
})

/** Begins an event stream. */
export const open = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/event-stream' })

/** One piece of a reply, with whatever else its choice has. */
export const piece = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`

export const end = (reason = 'stop'): string => piece({}, { finish_reason: reason })
export const DONE = 'data: [DONE]\n\n'

/** What a model might have said in a token's place, all of them as likely as the test says. */
export const alternatives = (token: string, entries: Readonly<Record<string, number>>): object => ({
  logprobs: {
    content: [
      {
        token,
        logprob: -0.1,
        top_logprobs: Object.entries(entries).map(([token, logprob]) => ({ token, logprob })),
      },
    ],
  },
})

/** The JSON schema that a request holds the reply to; undefined where there is none. */
export function schemaIn({ response_format: format }: Body): Body | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked at field by field
  const { type, json_schema: wrapped } = (format ?? {}) as { type?: string; json_schema?: { schema?: Body } }
  return type === 'json_schema' ? wrapped?.schema : undefined
}
