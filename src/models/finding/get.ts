import { rootCause } from '../refusal.ts'
import { jsonOrNull } from '../../core/json.ts'

/** What a GET brought; status null and the cause as text when nobody answered in time. */
export type Answer = { status: number | null; text: string; json: unknown; ms: number }

/** Looks whether something is there. Not being there is an answer; only the caller's abort throws. */
export const get = (
  url: string,
  apiKey: string | null,
  withinMs: number,
  signal: AbortSignal,
): Promise<Answer> => ask(url, {}, apiKey, withinMs, signal)

/** The same for what some servers want to be asked in JSON. */
export const post = (
  url: string,
  json: object,
  apiKey: string | null,
  withinMs: number,
  signal: AbortSignal,
): Promise<Answer> => ask(url, { method: 'POST', body: JSON.stringify(json) }, apiKey, withinMs, signal)

async function ask(
  url: string,
  init: RequestInit,
  apiKey: string | null,
  withinMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const startedAt = performance.now()
  try {
    const response = await fetch(url, {
      ...init,
      headers: {
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    })
    const text = await response.text()
    return {
      status: response.status,
      text,
      json: jsonOrNull(text),
      ms: Math.round(performance.now() - startedAt),
    }
  } catch (error) {
    signal.throwIfAborted()
    return { status: null, text: rootCause(error), json: null, ms: Math.round(performance.now() - startedAt) }
  }
}
