import { createServer, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { answerQuestions, listen } from './child.ts'

// A model server without a model, in a process of its own: it does what the request's `bench` says, at no cost worth naming.

/** What a request wants of the upstream. It stands in the body, which every relay passes on as it is. */
export const Wish = z.object({
  kind: z.enum(['whole', 'stream', 'silent', 'flood']),
  /** Before the answer begins. */
  thinkMs: z.number().default(0),
  chunks: z.number().default(0),
  /** Between two chunks; 0 writes them all at once. */
  everyMs: z.number().default(0),
  /** Says no more after the chunks, and does not end. */
  hangs: z.boolean().default(false),
  /** By which the upstream knows it again. */
  id: z.string().default(''),
})
export type Wish = z.input<typeof Wish>

const WHOLE = JSON.stringify({
  id: 'bench',
  object: 'chat.completion',
  created: 1,
  model: 'fast-coder',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(64) }, finish_reason: 'stop' }],
})

/** An event of a usual size. */
const event = (content: string, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-0123456789abcdef0123456789abcdef',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'fast-coder-7b-instruct-q4',
    system_fingerprint: 'b1-0123456',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  })}\n\n`
const CHUNK = event('word ', null)
const LAST = `${event('', 'stop')}data: [DONE]\n\n`
const FLOOD = Buffer.from(CHUNK.repeat(256))
const FLOOD_BYTES = 26 * 1024 * 1024

/** When a caller left before its answer was complete, and what had been written for it by then. */
const left = new Map<string, number>()
const written = new Map<string, number>()
let open = 0

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    if (request.method === 'GET') {
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'fast-coder' }, { id: 'deep-coder' }] }))
      return
    }
    const body = Buffer.concat(parts)
    // at the end, so that nothing else of a large prompt is read
    const tail = body.subarray(Math.max(0, body.length - 400)).toString('latin1')
    const wish = Wish.parse(JSON.parse(/"bench":(\{[^}]*\})/.exec(tail)?.[1] ?? '{"kind":"whole"}'))
    open += 1
    response.once('close', () => {
      open -= 1
      if (!response.writableFinished) left.set(wish.id, performance.timeOrigin + performance.now())
    })
    if (wish.thinkMs > 0) setTimeout(() => answer(response, wish), wish.thinkMs)
    else answer(response, wish)
  })
})

function answer(response: ServerResponse, wish: z.infer<typeof Wish>): void {
  if (wish.kind === 'silent') return
  if (wish.kind === 'whole') {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(WHOLE),
    })
    response.end(WHOLE)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (wish.kind === 'flood') return flood(response, wish.id)
  if (wish.everyMs === 0) {
    response.write(CHUNK.repeat(wish.chunks))
    if (!wish.hangs) response.end(LAST)
    return
  }
  pace(response, wish)
}

function pace(response: ServerResponse, { chunks, everyMs, hangs }: z.infer<typeof Wish>): void {
  let sent = 0
  const timer = setInterval(() => {
    response.write(CHUNK)
    sent += 1
    if (sent < chunks) return
    clearInterval(timer)
    if (!hangs) response.end(LAST)
  }, everyMs)
  response.once('close', () => clearInterval(timer))
}

function flood(response: ServerResponse, id: string): void {
  let bytes = 0
  const pour = (): void => {
    while (bytes < FLOOD_BYTES && !response.destroyed) {
      bytes += FLOOD.length
      // what a kernel took, not what waits here
      const goesOn = response.write(FLOOD)
      written.set(id, bytes - response.writableLength)
      if (!goesOn) return
    }
    response.end(LAST)
  }
  response.on('drain', pour)
  pour()
}

answerQuestions({
  left: (id) => left.get(id) ?? null,
  written: (id) => written.get(id) ?? 0,
  open: () => open,
})
await listen(server)
