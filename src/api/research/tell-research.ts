import type { Lookup } from '../../core/research/lookups.ts'
import { chunk, type Speaker } from '../chat-objects.ts'
import type { ChatRequest } from '../chat-request.ts'
import { bodyOf } from '../connection.ts'
import { lateAnswer } from '../late-answer.ts'
import type { ApiServices, Relayed } from '../services.ts'

/** What is looked at, line by line, and in the end what was seen. */
export type Looking = (signal: AbortSignal) => AsyncGenerator<string, Lookup[], void>
/** The model's answer, once it has this before it. */
export type Answering = (seen: readonly Lookup[], signal: AbortSignal) => Promise<Relayed>

/** An answer that tells first what it looks at, as a model's thoughts; where nothing streams, there is nobody to tell. */
export async function answerAfterLooking(
  looking: Looking,
  answering: Answering,
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
): Promise<Relayed> {
  if (request.body.stream !== true) return answering(await lastOf(looking(client)), client)
  const told = (signal: AbortSignal) => tell(looking(signal), answering, request, services, signal)
  return { status: 200, contentType: 'text/event-stream', body: bodyOf(told, client) }
}

async function* tell(
  looking: ReturnType<Looking>,
  answering: Answering,
  { model, includeUsage }: ChatRequest,
  services: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const created = Math.floor(services.clock.now() / 1000)
  const speaker: Speaker = { id: `chatcmpl-${created}`, created, model }
  yield chunk(speaker, { role: 'assistant', content: '' })
  for (;;) {
    const { done, value } = await looking.next()
    if (done) return yield* textsOf(answerTo(value))
    yield chunk(speaker, { reasoning_content: `${value}\n` })
  }

  function answerTo(seen: readonly Lookup[]): AsyncGenerator<Uint8Array, void, void> {
    return lateAnswer(answering(seen, signal), { stream: true, includeUsage }, speaker, services)
  }
}

async function* textsOf(bytes: AsyncGenerator<Uint8Array, void, void>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder()
  for await (const some of bytes) {
    const text = decoder.decode(some, { stream: true })
    if (text !== '') yield text
  }
}

async function lastOf(looking: ReturnType<Looking>): Promise<Lookup[]> {
  for (;;) {
    const { done, value } = await looking.next()
    if (done) return value
  }
}
