import { z } from 'zod'
import type { Message, ModelReply, ModelRequest, Window } from '../cascade/ports.ts'
import { tokensOf } from '../core/budget-context.ts'
import { windowFor } from '../core/fit/sized.ts'
import { isCut, learnCount, leastSent, scaleFrom, type TokenCount } from '../core/token-counts.ts'
import type { Usage } from '../core/task.ts'
import type { Endpoint } from './client.ts'
import { post } from './finding/get.ts'
import { widen } from './finding/widen.ts'
import { placeOf } from './leaving/place.ts'
import { Refusal } from './refusal.ts'

/** What a model was seen to count, prompt by prompt; kept with its endpoint. */
export type Counts = { latest: readonly TokenCount[] }

/** What the model behind an endpoint reads at once, and how its tokens stand to our bound. */
export async function windowOf(
  endpoint: Pick<Endpoint, 'capability' | 'counts'>,
  signal: AbortSignal,
): Promise<Window> {
  const { window } = await endpoint.capability(signal)
  return { tokens: window, scale: scaleFrom(endpoint.counts.latest) }
}

/** The request as it fits into the window: its reply is shortened if need be. Throws where the prompt alone is too long. */
export async function within(
  endpoint: Endpoint,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ModelRequest> {
  const { tokens: window, scale } = await windowOf(endpoint, signal)
  if (window === null) return request
  const prompt = Math.ceil(tokensOf(sentIn(request)) * scale)
  const room = window - prompt
  if (room >= request.maxTokens) return request
  if (room >= SHORTEST_REPLY) return { ...request, maxTokens: room }
  // exact where the server counts: our bound may be too careful by a third
  const counted = await countTokens(endpoint, sentIn(request), signal)
  const exact = counted === null ? 0 : window - counted
  if (exact >= Math.min(SHORTEST_REPLY, request.maxTokens))
    return { ...request, maxTokens: Math.min(exact, request.maxTokens) }
  const { model, url } = endpoint
  const enough = windowFor(prompt + request.maxTokens)
  const advice = widen(await endpoint.capability(signal), model, enough)
  throw new Refusal(
    'upstream',
    `${model} at ${url} reads ${window} tokens at once, and the ${request.role}'s prompt takes about ${prompt}; ${advice}`,
  )
}

/** Tools stand in the prompt, too: chat templates write them out, about as JSON has them. */
const sentIn = ({ messages, tools }: ModelRequest): readonly Message[] =>
  tools ? [...messages, { role: 'system', content: JSON.stringify(tools) }] : messages

/** A reply that is cut shorter than this is of no use. */
const SHORTEST_REPLY = 64
const COUNT_MS = 5_000
const Counted = z.object({ input_tokens: z.int() })

/** The server's own count of a prompt; null where it has none. https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export async function countTokens(
  endpoint: Endpoint,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<number | null> {
  const { url, apiKey, model, capability } = endpoint
  // a prompt goes to the cloud in one way only
  if (placeOf(endpoint) !== 'local') return null
  if ((await capability(signal)).server !== 'llamacpp') return null
  const asked = `${url}/chat/completions/input_tokens`
  const { json } = await post(asked, { model, messages }, apiKey, COUNT_MS, signal)
  const counted = Counted.safeParse(json)
  return counted.success ? counted.data.input_tokens : null
}

/** Learns from a server's count of a prompt, and notices where it did not read all of it. */
export async function learnFrom(
  endpoint: Endpoint,
  request: ModelRequest,
  { promptTokens, estimated }: Usage,
  signal: AbortSignal,
): Promise<ModelReply['cut']> {
  const { pictures = [], maxTokens } = request
  if (estimated || pictures.length > 0) return undefined
  const messages = sentIn(request)
  const count = {
    bound: tokensOf(messages),
    characters: messages.reduce((sum, { content }) => sum + content.length, 0),
    counted: promptTokens,
  }
  const { latest } = endpoint.counts
  endpoint.counts.latest = learnCount(latest, count)
  if (!isCut(count, latest)) return undefined
  const sent = leastSent(count, latest)
  const enough = windowFor(sent + maxTokens)
  const advice = widen(await endpoint.capability(signal), endpoint.model, enough)
  return { sent, counted: promptTokens, advice }
}
