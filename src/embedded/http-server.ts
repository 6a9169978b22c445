import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { answerChat } from './answer-chat.ts'
import { ChatBody, CountBody, TokenizeBody } from './chat-body.ts'
import type { Engine } from './engine.ts'
import { Refused } from './refused.ts'

export type Served = {
  readonly engine: Engine
  /** The name the model is known by. */
  readonly name: string
  readonly key: string
}

/** Loopback, always: whoever reaches it spends the machine. */
export const HOST = '127.0.0.1'
/** A prompt of a million tokens is refused anyway. */
const LONGEST_BODY = 16 * 1024 * 1024

/** Serves a model as llama-server would, to whoever has the key. Port 0 takes a free one. */
export async function serveEngine(served: Served, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    void answer(request, response, served)
  })
  server.listen(port, HOST)
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : port }
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the caller has left')))
  try {
    await route(request, response, served, gone.signal)
  } catch (error) {
    // who has left hears nothing
    if (!gone.signal.aborted) tellFault(response, error)
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = served
  const path = `${request.method} ${new URL(request.url ?? '/', 'http://embedded').pathname}`
  if (path === 'GET /health' || path === 'GET /v1/health') return sendJson(response, { status: 'ok' })
  if (!hasKey(request, served))
    throw new Refused('Invalid API Key', { status: 401, type: 'authentication_error' })
  switch (path) {
    case 'GET /v1/models':
      return sendJson(response, models(served))
    case 'GET /props':
      return sendJson(response, props(served))
    case 'POST /tokenize':
      return sendJson(response, { tokens: engine.tokenize((await read(TokenizeBody, request)).content) })
    case 'POST /v1/chat/completions/input_tokens': {
      const { messages } = await read(CountBody, request)
      return sendJson(response, { object: 'response.input_tokens', input_tokens: engine.count(messages) })
    }
    case 'POST /v1/chat/completions':
      return answerChat(await read(ChatBody, request), response, served, signal)
    default:
      throw new Refused(`there is no ${path} here`, { status: 404, type: 'not_found_error' })
  }
}

/** What llama-server says of itself, as far as anybody asks for it. */
const props = ({ engine }: Served) => ({
  default_generation_settings: { n_ctx: engine.window },
  total_slots: engine.sequences,
  build_info: 'node-llama-cpp',
  modalities: { vision: false, audio: false },
})

const models = ({ name, engine }: Served) => ({
  object: 'list',
  // by this name others know which fields it takes
  data: [{ id: name, object: 'model', created: 0, owned_by: 'llamacpp', meta: { n_ctx: engine.window } }],
})

function hasKey({ headers }: IncomingMessage, { key }: Served): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${key}`))
}

async function read<Schema extends z.ZodType>(
  schema: Schema,
  request: IncomingMessage,
): Promise<z.infer<Schema>> {
  const body = schema.safeParse(jsonIn(await textIn(request)))
  if (body.success) return body.data
  throw new Refused(z.prettifyError(body.error))
}

async function textIn(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue
    length += piece.length
    if (length > LONGEST_BODY) throw new Refused('the body is too long', { status: 413 })
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refused('the body is no JSON', { cause: error })
  }
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** After the first byte the status stands, so a fault is told in the stream. */
function tellFault(response: ServerResponse, fault: unknown): void {
  const message = fault instanceof Error ? fault.message : String(fault)
  const { status, type } = fault instanceof Refused ? fault : { status: 500, type: 'server_error' }
  const error = { code: status, message, type }
  if (response.headersSent) response.end(`data: ${JSON.stringify({ error })}\n\n`)
  else sendJson(response, { error }, status)
}
