import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { z } from 'zod'

/** What somebody asked `/api/chat` for; the rest of the body is kept as it came. */
const Chat = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.string().nullish() })),
})
export type OllamaCall = z.infer<typeof Chat> & {
  text: string
  outcome: 'open' | 'complete' | 'closed-by-client'
}

/** `hangs`: says all of it where it streams, and then nothing more. */
export type OllamaReply = {
  text: string
  thinking?: string
  hangs?: boolean
  tool_calls?: { function: { name: string; arguments: object } }[]
}

export type ScriptedOllama = { url: string; calls: OllamaCall[]; close: () => Promise<void> }

/** An Ollama without models: its own protocol (NDJSON), for whoever speaks that to it. */
export async function startScriptedOllama(
  script: (call: OllamaCall) => OllamaReply,
): Promise<ScriptedOllama> {
  const calls: OllamaCall[] = []
  const server = createServer((request, response) => {
    answer(request, response, script, calls).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  script: (call: OllamaCall) => OllamaReply,
  calls: OllamaCall[],
): Promise<void> {
  const body = await readText(request)
  if (request.url === '/api/version') return void response.end('{"version":"0.33.0"}')
  if (request.url === '/api/show')
    return void response.end('{"capabilities":["completion","tools"],"template":""}')
  if (request.url !== '/api/chat') return void response.writeHead(404).end('{"error":"no such route"}')
  const chat = Chat.parse(JSON.parse(body))
  const text = chat.messages.map(({ content }) => content ?? '').join('\n\n')
  const call: OllamaCall = { ...chat, text, outcome: 'open' }
  calls.push(call)
  response.once('close', () => {
    call.outcome = response.writableFinished ? 'complete' : 'closed-by-client'
  })
  play(script(call), call, response)
}

function play(
  { text, thinking = '', hangs = false, tool_calls = [] }: OllamaReply,
  call: OllamaCall,
  response: ServerResponse,
): void {
  const says = (message: object, rest: object = { done: false }): string =>
    `${JSON.stringify({ model: call.model, created_at: '2026-01-01T00:00:00Z', message, ...rest })}\n`
  const counts = {
    prompt_eval_count: words(call.text).length,
    eval_count: words(thinking).length + words(text).length,
  }
  const last = { done: true, done_reason: 'stop', total_duration: 1, ...counts }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  if (hangs && call['stream'] === false) return
  if (call['stream'] === false)
    return void response.end(says({ role: 'assistant', content: text, ...(thinking && { thinking }) }, last))
  for (const piece of words(thinking))
    response.write(says({ role: 'assistant', content: '', thinking: piece }))
  for (const piece of words(text)) response.write(says({ role: 'assistant', content: piece }))
  for (const one of tool_calls) response.write(says({ role: 'assistant', content: '', tool_calls: [one] }))
  if (!hangs) response.end(says({ role: 'assistant', content: '' }, last))
}

const words = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? []
