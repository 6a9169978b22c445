import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { ChatBody } from './chat-body.ts'
import type { Alternative, End, Engine, Piece } from './engine.ts'

type Answered = { readonly engine: Engine; readonly name: string }

/** Answers a chat, in a stream where one was asked for. */
export async function answerChat(
  body: ChatBody,
  response: ServerResponse,
  { engine, name }: Answered,
  signal: AbortSignal,
): Promise<void> {
  await using pieces = engine.generate(body, signal)
  // what is refused is refused before a stream has begun
  const first = await pieces.next()
  const about = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1_000), model: name }
  if (body.stream) await pour(first, pieces, about, body, response)
  else await tellWhole(first, pieces, about, response)
}

type About = { readonly id: string; readonly created: number; readonly model: string }
type Pieces = AsyncGenerator<Piece, End, void>
type Next = IteratorResult<Piece, End>

async function pour(
  first: Next,
  pieces: Pieces,
  about: About,
  { stream_options: wishes }: ChatBody,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const say = (fields: object): void => {
    response.write(`data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', ...fields })}\n\n`)
  }
  const choice = (
    delta: object,
    finish: string | null,
    alternatives: Piece['alternatives'] = null,
  ): object => ({
    choices: [{ index: 0, delta, finish_reason: finish, ...logprobsOf(alternatives) }],
  })
  say(choice({ role: 'assistant', content: null }, null))
  let next = first
  for (; !next.done; next = await pieces.next()) {
    const { text, alternatives } = next.value
    if (text !== '' || alternatives !== null) say(choice({ content: text }, null, alternatives))
  }
  say(choice({}, next.value.finish))
  if (wishes?.include_usage) say({ choices: [], usage: usageOf(next.value) })
  response.end('data: [DONE]\n\n')
}

async function tellWhole(first: Next, pieces: Pieces, about: About, response: ServerResponse): Promise<void> {
  let content = ''
  let found: Piece['alternatives'] = null
  let next = first
  for (; !next.done; next = await pieces.next()) {
    content += next.value.text
    found ??= next.value.alternatives
  }
  const { finish } = next.value
  const choice = {
    index: 0,
    message: { role: 'assistant', content },
    finish_reason: finish,
    ...logprobsOf(found),
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ ...about, object: 'chat.completion', choices: [choice], usage: usageOf(next.value) }),
  )
}

function logprobsOf(alternatives: readonly Alternative[] | null): object {
  if (alternatives === null) return {}
  const [first] = alternatives
  return { logprobs: { content: first ? [{ ...first, top_logprobs: alternatives }] : [] } }
}

const usageOf = ({ promptTokens, cachedTokens, completionTokens }: End) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
  prompt_tokens_details: { cached_tokens: cachedTokens },
})
