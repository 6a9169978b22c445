import { finished } from 'node:stream'
import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import { SwarmError } from '../core/errors.ts'
import type { TierName } from '../core/task.ts'
import type { ModelOptions, TierModel } from './client.ts'
import { rootCause } from './refusal.ts'

export type Relayed = {
  status: number
  contentType: string
  /** When the upstream wants to be asked again, in its own words. */
  retryAfter: string | null
  body: ReadableStream<Uint8Array>
}

/** A request for an upstream, ready to go. */
export type Sending = {
  /** Below the upstream's base URL, such as `/embeddings`. */
  path: string
  contentType: string
  accept: string
  body: string | Uint8Array
}

/** The direct path: bytes go through as they are, and nothing is taken apart or made again. */
export type Relay = {
  /** Sends a chat, JSON that is ready to go. Takes no slot: a chat must not wait behind a swarm. */
  open(tier: TierName, body: string, signal: AbortSignal): Promise<Relayed>
  /** Sends anything else to the upstream of a tier, also one that the tier's own model has no part in. */
  post(tier: TierName, sending: Sending, signal: AbortSignal): Promise<Relayed>
  /** Ends all connections, those in use too. */
  close(): Promise<void>
}

/** One pool of connections per upstream; an abort closes the upstream in every phase of a request. */
export function createRelay(options: ModelOptions): Relay {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string): Pool => {
    const pool = pools.get(origin) ?? new Pool(origin, POOL)
    pools.set(origin, pool)
    return pool
  }
  const post: Relay['post'] = async (tier, sending, signal) => {
    const upstream = options.tiers[tier]
    if (!upstream) throw new Error(`no model is configured for the tier ${tier}`)
    return send(poolOf(new URL(upstream.url).origin), upstream, sending, signal)
  }
  return {
    post,
    open: (tier, body, signal) => post(tier, { ...CHAT, body }, signal),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

const CHAT = {
  path: '/chat/completions',
  contentType: 'application/json',
  accept: 'text/event-stream, application/json',
} as const

// As many connections as there are streams: undici's default of 300 s would cut a long answer, and a stream that
// shares its connection would make the next one wait. How long to wait is for the caller's signal to say.
const POOL = { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 } as const

/** Bytes read ahead for a client that reads slowly; beyond it the upstream is made to wait. */
const READ_AHEAD = 64 * 1024

async function send(
  pool: Pool,
  { url, apiKey }: TierModel,
  { path, contentType, accept, body }: Sending,
  signal: AbortSignal,
): Promise<Relayed> {
  signal.throwIfAborted()
  try {
    const response = await pool.request({
      method: 'POST',
      path: `${new URL(url).pathname.replace(/\/$/, '')}${path}`,
      headers: {
        'content-type': contentType,
        accept,
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body,
      signal,
    })
    const { headers } = response
    return {
      status: response.statusCode,
      contentType: String(headers['content-type'] ?? 'application/json'),
      retryAfter: headers['retry-after'] === undefined ? null : String(headers['retry-after']),
      body: asWebStream(response.body),
    }
  } catch (error) {
    signal.throwIfAborted()
    const message = `${url} did not answer: ${rootCause(error)}. Is the server running there? LITELLM_URL names another`
    throw new SwarmError('upstream', message, { cause: error })
  }
}

/**
 * Node's own `Readable.toWeb` throws out of an event handler when its reader cancels (seen in 24.21), which ends the
 * process; and `ReadableStream.from` cannot be cancelled while it waits for a chunk.
 */
function asWebStream(source: Readable): ReadableStream<Uint8Array> {
  let wanted = true
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source.on('data', (bytes: Uint8Array) => {
          if (wanted) controller.enqueue(bytes)
          if ((controller.desiredSize ?? 0) <= 0) source.pause()
        })
        finished(source, (error) => {
          if (error) controller.error(error)
          else if (wanted) controller.close()
        })
      },
      pull() {
        source.resume()
      },
      cancel() {
        wanted = false
        source.destroy()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }),
  )
}
