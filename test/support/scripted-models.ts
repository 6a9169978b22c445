import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A chat completion somebody asked the scripted server for. */
export type ScriptedCall = {
  /** Counted from 0 in order of arrival. */
  index: number
  model: string
  messages: { role: string; content: string }[]
  body: Record<string, unknown>
  /** All message contents, joined by blank lines. */
  text: string
  headers: Record<string, string>
}

/** What the server does with a call. */
export type ScriptedReply =
  | {
      kind: 'text'
      text: string
      /** Before the first token. */
      delayMs?: number
      /** Between two pieces of text. */
      tokenMs?: number
      /** Streamed before the text, in its own field. */
      reasoning?: string
      finishReason?: string
      /** `false` leaves the token counts out. */
      usage?: boolean
    }
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** Says `after`, then nothing more; without `after` not even headers. */
  | { kind: 'hang'; after?: string }
  /** Says `after`, then destroys the socket. */
  | { kind: 'cut'; after: string }
  /** Says the text and ends the body properly, but without a finish_reason. */
  | { kind: 'no-finish'; text: string }
  | { kind: 'error-in-stream'; after: string; error: unknown }
  /** Exactly these chunks as the body of a 200 event stream. */
  | { kind: 'raw'; chunks: (string | Uint8Array)[] }

export type Script = (call: ScriptedCall) => ScriptedReply | Promise<ScriptedReply>

/** A call and what became of it; times are `performance.now()`. */
export type RecordedCall = ScriptedCall & {
  stream: boolean
  startedAt: number
  endedAt: number | null
  outcome: 'open' | 'complete' | 'closed-by-client' | 'cut'
}

export type ScriptedModels = AsyncDisposable & {
  /** Base URL, `/v1` included. */
  url: string
  port: number
  /** Every call so far, in order of arrival. */
  calls: RecordedCall[]
  /** How many calls are being answered right now. */
  open(): number
  close(): Promise<void>
}

/**
 * Starts an OpenAI-compatible server whose "models" say what the script tells them to, over real HTTP.
 * It never pretends: each response bears `x-scripted: true`, each stream begins with a comment that says so.
 */
export async function startScriptedModels(
  script: Script,
  options: { models?: string[]; port?: number } = {},
): Promise<ScriptedModels> {
  const models = options.models ?? ['fast-coder', 'deep-coder', 'reviewer']
  const calls: RecordedCall[] = []
  const server = createServer((request, response) => {
    response.setHeader('x-scripted', 'true')
    answer(request, response, script, models, calls).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else json(response, 500, failure(`the script threw: ${String(error)}`))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const open = (): number => calls.filter((call) => call.outcome === 'open').length
  return { url: `http://127.0.0.1:${port}/v1`, port, calls, open, close, [Symbol.asyncDispose]: close }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
  models: string[],
  calls: RecordedCall[],
): Promise<void> {
  const route = `${request.method} ${request.url?.split('?')[0]}`
  if (route === 'GET /v1/models') return json(response, 200, modelList(models))
  if (route !== 'POST /v1/chat/completions') return json(response, 404, failure(`no such route: ${route}`))

  const source = await readText(request)
  const body = parsed(source)
  if (!body) return json(response, 400, failure('the request body is not a JSON object'))
  const call = record(body, request.headers, calls)
  const gone = watchEnd(response, call)
  try {
    await play(await script(call), call, response, gone)
  } catch (error) {
    if (!gone.aborted) throw error // a client that left is a normal end of a call
  }
}

function parsed(source: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(source)
    return typeof body === 'object' && body !== null ? { ...body } : null
  } catch {
    return null
  }
}

function record(
  body: Record<string, unknown>,
  headers: IncomingHttpHeaders,
  calls: RecordedCall[],
): RecordedCall {
  const messages = (Array.isArray(body['messages']) ? body['messages'] : []).map(
    (message: { role?: unknown; content?: unknown }) => ({
      role: String(message.role),
      content: typeof message.content === 'string' ? message.content : JSON.stringify(message.content),
    }),
  )
  const call: RecordedCall = {
    index: calls.length,
    model: String(body['model']),
    messages,
    body,
    text: messages.map((message) => message.content).join('\n\n'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    stream: body['stream'] === true,
    startedAt: performance.now(),
    endedAt: null,
    outcome: 'open',
  }
  calls.push(call)
  return call
}

/** Notes how the response ends; the signal it returns aborts when the client hangs up. */
function watchEnd(response: ServerResponse, call: RecordedCall): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    call.endedAt = performance.now()
    if (call.outcome === 'open') call.outcome = response.writableFinished ? 'complete' : 'closed-by-client'
    gone.abort()
  })
  return gone.signal
}

async function play(
  reply: ScriptedReply,
  call: RecordedCall,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  if (reply.kind === 'status') {
    const body = reply.body ?? failure(`scripted status ${reply.status}`)
    return json(response, reply.status, body, reply.headers)
  }
  if (reply.kind === 'hang' && reply.after === undefined) return silence(gone)
  if (reply.kind === 'text') await sleep(reply.delayMs ?? 0, undefined, { signal: gone })
  if (!call.stream) return playWhole(reply, call, response, gone)
  return playStream(reply, call, response, gone)
}

type SpokenReply = Exclude<ScriptedReply, { kind: 'status' }>

async function playWhole(
  reply: SpokenReply,
  call: RecordedCall,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  switch (reply.kind) {
    case 'text':
      return json(response, 200, completion(call, reply.text, reply.reasoning, reply.finishReason ?? 'stop'))
    case 'no-finish':
      return json(response, 200, completion(call, reply.text, undefined, null))
    case 'error-in-stream':
      return json(response, 500, { error: reply.error })
    case 'hang':
      return silence(gone)
    case 'cut':
      return cut(call, response)
    case 'raw':
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(Buffer.concat(reply.chunks.map((chunk) => Buffer.from(chunk))))
  }
}

async function playStream(
  reply: SpokenReply,
  call: RecordedCall,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  if (reply.kind === 'raw') {
    for (const chunk of reply.chunks) await write(response, chunk)
    response.end()
    return
  }
  await write(response, ': scripted reply, no language model wrote this\n\n')
  const send = (delta: object, finishReason: string | null = null): Promise<void> =>
    write(response, event(chunk(call, [{ index: 0, delta, finish_reason: finishReason }])))
  const say = async (text: string, field: 'content' | 'reasoning_content', tokenMs = 0): Promise<void> => {
    for (const piece of pieces(text)) {
      await send({ [field]: piece })
      if (tokenMs > 0) await sleep(tokenMs, undefined, { signal: gone })
    }
  }

  await send({ role: 'assistant', content: '' })
  switch (reply.kind) {
    case 'text':
      await say(reply.reasoning ?? '', 'reasoning_content', reply.tokenMs)
      await say(reply.text, 'content', reply.tokenMs)
      await send({}, reply.finishReason ?? 'stop')
      if (reply.usage !== false && wantsUsage(call)) {
        await write(response, event({ ...chunk(call, []), usage: usage(call, reply.text, reply.reasoning) }))
      }
      response.end('data: [DONE]\n\n')
      return
    case 'no-finish':
      await say(reply.text, 'content')
      response.end()
      return
    case 'error-in-stream':
      await say(reply.after, 'content')
      response.end(event({ error: reply.error }))
      return
    case 'hang':
      await say(reply.after ?? '', 'content')
      return silence(gone)
    case 'cut':
      await say(reply.after, 'content')
      // let the bytes leave before the socket goes
      await sleep(5, undefined, { signal: gone })
      return cut(call, response)
  }
}

function cut(call: RecordedCall, response: ServerResponse): void {
  call.outcome = 'cut'
  response.destroy()
}

/** Ends when the client gives up. */
const silence = (gone: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) return resolve()
    gone.addEventListener('abort', () => resolve(), { once: true })
  })

/** Waits until the bytes are handed to the kernel, so a reader that stops reading stops the script. */
const write = (response: ServerResponse, data: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    response.write(data, (error) => (error ? reject(error) : resolve()))
  })

/** Words with the white space before them: about a token each, and together exactly the text. */
const pieces = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? []

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`

function wantsUsage({ body }: RecordedCall): boolean {
  const options = body['stream_options']
  return (
    typeof options === 'object' &&
    options !== null &&
    'include_usage' in options &&
    options.include_usage === true
  )
}

const CREATED = 1_750_000_000

const chunk = (call: RecordedCall, choices: object[]): object => ({
  id: `chatcmpl-scripted-${call.index}`,
  object: 'chat.completion.chunk',
  created: CREATED,
  model: call.model,
  choices,
})

const completion = (
  call: RecordedCall,
  text: string,
  reasoning: string | undefined,
  finish: string | null,
): object => ({
  id: `chatcmpl-scripted-${call.index}`,
  object: 'chat.completion',
  created: CREATED,
  model: call.model,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: text,
        refusal: null,
        ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
      },
      logprobs: null,
      finish_reason: finish,
    },
  ],
  usage: usage(call, text, reasoning),
})

/** One token per piece: a count a test can do in its head. */
function usage(call: RecordedCall, text: string, reasoning = ''): object {
  const prompt = pieces(call.text).length
  const thought = pieces(reasoning).length
  const completionTokens = pieces(text).length + thought
  return {
    prompt_tokens: prompt,
    completion_tokens: completionTokens,
    total_tokens: prompt + completionTokens,
    completion_tokens_details: { reasoning_tokens: thought },
  }
}

const modelList = (models: string[]): object => ({
  object: 'list',
  data: models.map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'scripted' })),
})

const failure = (message: string): object => ({
  error: { message, type: 'invalid_request_error', param: null, code: null },
})

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
