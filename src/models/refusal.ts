import { APIError } from 'openai'
import { SwarmError } from '../core/errors.ts'
import type { Fault } from '../core/errors.ts'
import type { Endpoint } from './client.ts'

const LONGEST = 300

/** The server is well, and said no to this very request: another time it would say so again. */
export class Refusal extends SwarmError {}

type Upstream = Pick<Endpoint, 'tier' | 'model' | 'url' | 'apiKey'>

/** Turns what the SDK threw before the stream began into a fault that says who must do what. */
export function explain(error: unknown, upstream: Upstream, tried: number): SwarmError {
  if (!(error instanceof APIError)) {
    return new SwarmError('upstream', `the request to ${upstream.url} could not be sent: ${String(error)}`, {
      cause: error,
    })
  }
  const { status } = error
  if (status === undefined)
    return new SwarmError('upstream', unreachable(error, upstream, tried), { cause: error })
  const said = withoutKey(describeError(error.error), upstream.apiKey)
  const after = tried > 1 ? ` after ${tried} tries` : ''
  const message = `${upstream.url} answered ${status}${after} for ${upstream.model}: ${said}. ${advice(status, said, upstream)}`
  // no cause: it holds the server's own words, and some servers repeat the key they refuse
  const isOurs = status === 400 || status === 413 || status === 422
  return isOurs ? new Refusal('upstream', message.trim()) : new SwarmError(faultOf(status), message.trim())
}

/** What an upstream's error object says, whatever its shape, short and on one line. */
export function describeError(error: unknown): string {
  const text =
    typeof error === 'string' ? error : (messageOf(error) ?? JSON.stringify(error) ?? 'no reason given')
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line
}

function messageOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null
  if ('message' in error && typeof error.message === 'string') return error.message
  if ('error' in error) return describeError(error.error)
  // FastAPI's servers
  if ('detail' in error) return describeError(error.detail)
  return null
}

function unreachable(error: APIError, { tier, url }: Upstream, tried: number): string {
  const after = tried > 1 ? ` (tried ${tried} times)` : ''
  return `${url} did not answer${after}: ${rootCause(error)}. Is the server running there? LITELLM_URL or tiers.${tier}.url names another`
}

/** `fetch failed` says nothing; what the system said is at the end of the causes. */
export function rootCause(error: unknown): string {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  if (!(root instanceof Error)) return String(root)
  const code = 'code' in root && typeof root.code === 'string' ? root.code : ''
  return root.message.includes(code) ? root.message || root.name : `${code} ${root.message}`.trim()
}

function faultOf(status: number): Fault {
  if (status === 429 || status === 503) return 'overloaded'
  return status === 408 || status === 504 ? 'timeout' : 'upstream'
}

function advice(status: number, said: string, { tier, model, url }: Upstream): string {
  // what a LiteLLM without a database says to a wrong key, with status 400
  const isKeyUnknown = said.includes('No connected db')
  switch (isKeyUnknown ? 401 : status) {
    case 401:
    case 403:
      return `Set LITELLM_API_KEY, or tiers.${tier}.apiKey in the configuration, to a key it accepts`
    case 404:
      return `Is ${model} among the models of ${url}/models, and ${url} the base URL? Otherwise set tiers.${tier}.model or tiers.${tier}.url`
    case 400:
    case 422:
      return 'It did not accept the request; the prompt may be longer than its context window'
    case 429:
      return `Fewer calls at once (tiers.${tier}.slots) may help`
    default:
      return ''
  }
}

/** A text that does not give the key away. */
export const withoutKey = (text: string, apiKey: string | null): string =>
  apiKey ? text.replaceAll(apiKey, '[key]') : text
