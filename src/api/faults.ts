import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { statusOf, SwarmError, type Fault } from '../core/errors.ts'

/** OpenAI's error object: four fields, always. */
export type ErrorBody = {
  error: { message: string; type: string; param: string | null; code: string | null }
}

/**
 * Clients match words: `server_error` and `rate_limit_exceeded` are retried for minutes, in a stream too, so neither
 * is ever sent.
 */
const TYPES: Record<Fault, { type: string; code: string | null }> = {
  'bad-request': { type: 'invalid_request_error', code: null },
  unauthorized: { type: 'authentication_error', code: 'invalid_api_key' },
  forbidden: { type: 'permission_error', code: 'origin_not_allowed' },
  'not-found': { type: 'invalid_request_error', code: 'not_found' },
  overloaded: { type: 'capacity_error', code: 'at_capacity' },
  upstream: { type: 'upstream_error', code: 'upstream_unavailable' },
  timeout: { type: 'upstream_error', code: 'upstream_timeout' },
  cancelled: { type: 'cancelled', code: 'cancelled' },
  internal: { type: 'internal_error', code: null },
}

/** A fault in OpenAI's words. */
export function errorBody({ fault, message, param }: SwarmError): ErrorBody {
  const { type, code } = TYPES[fault]
  return { error: { message, type, param, code: param === 'model' && code ? 'model_not_found' : code } }
}

/** Answers with a fault. A full house says when there may be room again; to ask at once and often makes it no emptier. */
export function answerFault(c: Context, error: SwarmError): Response {
  const retry = error.fault === 'overloaded' ? { ...NO_RETRY, ...FULL } : NO_RETRY
  return c.json(errorBody(error), statusCode(statusOf(error.fault)), retry)
}

/** A number as hono types it. */
export const statusCode = (code: number): ContentfulStatusCode => (isStatusCode(code) ? code : 502)
const isStatusCode = (code: number): code is ContentfulStatusCode => code >= 200 && code <= 599

/** The SDKs obey it; what failed for this reason fails again. */
export const NO_RETRY = { 'x-should-retry': 'false' } as const

const FULL = {
  'retry-after': '5',
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '5s',
} as const

export const badRequest = (message: string, param?: string): SwarmError =>
  new SwarmError('bad-request', message, param === undefined ? {} : { param })
