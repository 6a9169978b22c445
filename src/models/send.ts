import { APIError } from 'openai'
import type OpenAI from 'openai'
import type { ModelRequest } from '../cascade/ports.ts'
import { SwarmError } from '../core/errors.ts'
import { maxTokensFieldAt } from './finding/capabilities.ts'
import type { Endpoint, ModelOptions } from './client.ts'
import { formOf, offersTools, waysToAsk, type Fields } from './dialect.ts'
import { describeError, explain, withoutKey } from './refusal.ts'
import type { Silence } from './silence.ts'

const BACKOFF_MS = 250
/** A server that wants us to wait longer is not waited for: the task has other seats and other tiers. */
const LONGEST_WAIT_MS = 20_000

/** A response, and why it is one to a request without the tools that were to be offered; null where it is not. */
export type Sent = { readonly response: Response; readonly toolless: string | null }

/** Sends the request and returns the response as soon as its headers are there. Retries while nothing has come back. */
export async function send(
  endpoint: Endpoint,
  request: ModelRequest,
  options: ModelOptions,
  silence: Silence,
  signal: AbortSignal,
): Promise<Sent> {
  for (let tried = 1; ; tried += 1) {
    silence.expect('the first token', options.firstTokenTimeoutMs)
    try {
      return await sendOnce(endpoint, request, signal)
    } catch (error) {
      signal.throwIfAborted()
      // the SDK takes what the guard says for a broken connection
      if (error instanceof APIError && error.cause instanceof SwarmError) throw error.cause
      if (!isPassing(error) || tried >= options.tries) throw explain(error, endpoint, tried)
      const waitMs = waitAsked(error) ?? backOff(tried, request.seed)
      if (waitMs > LONGEST_WAIT_MS) throw explain(error, endpoint, tried)
      await options.clock.sleep(waitMs, signal)
    }
  }
}

/** A form is asked for in the strictest way that this server has not refused before. */
async function sendOnce(endpoint: Endpoint, request: ModelRequest, signal: AbortSignal): Promise<Sent> {
  const form = formOf(request)
  if (form === null) return { response: await post(endpoint, request, {}, signal), toolless: null }
  const capability = await endpoint.capability(signal)
  const ways = waysToAsk(request, capability)
  const key = `${form} ${request.role} ${capability.server}`
  const first = Math.max(0, ways.length - (endpoint.waysLeft.get(key) ?? ways.length))
  let said = 'it refused tools before'
  for (let way = first; ; way += 1) {
    try {
      const response = await post(endpoint, request, ways[way]!, signal)
      // only now is it certain that the form was what it did not like
      endpoint.waysLeft.set(key, ways.length - way)
      return { response, toolless: form === 'tools' && !offersTools(ways[way]!) ? said : null }
    } catch (error) {
      if (way === ways.length - 1 || !isUnsupported(error)) throw error
      if (offersTools(ways[way]!)) said = refusalIn(error, endpoint)
    }
  }
}

function post(
  endpoint: Endpoint,
  request: ModelRequest,
  fields: Fields,
  signal: AbortSignal,
): Promise<Response> {
  const body: OpenAI.ChatCompletionCreateParamsStreaming = {
    model: endpoint.model,
    messages: withPictures(request),
    // always streamed: closing a stream is the one way to cancel that every server understands
    stream: true,
    stream_options: { include_usage: true },
    // Ollama does not know max_completion_tokens, and forces temperature and top_p to 1 where they are absent
    [maxTokensFieldAt(endpoint.url)]: request.maxTokens,
    temperature: request.temperature,
    top_p: 1,
    seed: request.seed,
    ...fields,
  }
  return endpoint.client.chat.completions.create(body, { signal, maxRetries: 0 }).asResponse()
}

/** What there is to see stands above what is asked about it. */
function withPictures({ messages, pictures = [] }: ModelRequest): OpenAI.ChatCompletionMessageParam[] {
  const last = messages.at(-1)
  if (pictures.length === 0 || last?.role !== 'user') return messages
  const seen = pictures.map((url) => ({ type: 'image_url', image_url: { url } }) as const)
  return [
    ...messages.slice(0, -1),
    { role: 'user', content: [...seen, { type: 'text', text: last.content }] },
  ]
}

/** Will it be gone if we wait? Connection errors have no status. */
const isPassing = (error: unknown): boolean =>
  error instanceof APIError &&
  (error.status === undefined || error.status === 408 || error.status === 429 || error.status >= 500)

const refusalIn = (error: unknown, { url, apiKey }: Endpoint): string =>
  error instanceof APIError
    ? `${url} answered ${error.status}: ${withoutKey(describeError(error.error), apiKey)}`
    : `${url} refused it`

/** A grammar that cannot be made is a fault of the server's to some; a router knows nobody who takes tools. */
const isUnsupported = (error: unknown): boolean =>
  error instanceof APIError &&
  (error.status === 400 ||
    error.status === 422 ||
    ((error.status === 404 || error.status >= 500) && OF_FORM.test(error.message)))

const OF_FORM = /grammar|schema|response_format|structured|\btools?\b|\btool[ _](?:use|choice|calls?)/i

function waitAsked(error: unknown): number | null {
  if (!(error instanceof APIError)) return null
  const seconds = Number.parseFloat(error.headers?.get('retry-after') ?? '')
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}

/** Doubles with each try; the seed spreads seats that were refused together. */
const backOff = (tried: number, seed: number): number =>
  Math.round(BACKOFF_MS * 2 ** (tried - 1) * (1 + (seed % 16) / 32))
