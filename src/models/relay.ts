import { Pool } from 'undici'
import { z } from 'zod'
import { SwarmError } from '../core/errors.ts'
import { jsonOrNull } from '../core/json.ts'
import { withModel } from '../core/replace-model.ts'
import type { TierName } from '../core/task.ts'
import type { ModelOptions, TierModel } from './client.ts'
import { dispatch, type Source } from './dispatch.ts'
import { BARE_GUARD } from './leaving/guard.ts'
import { rootCause } from './refusal.ts'

export type Relayed = {
  status: number
  contentType: string
  /** When the upstream wants to be asked again, in its own words. */
  retryAfter: string | null
  /** As the upstream said it; null where it did not. */
  contentLength: string | null
  /** The answer's bytes, to be read once: here, or from `body`. */
  source: Source
  readonly body: ReadableStream<Uint8Array>
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
  const { guard = BARE_GUARD } = options
  const places = new Map<string, Place>()
  const placeOf = (url: string): Place => {
    const known = places.get(url)
    if (known) return known
    const { origin, pathname } = new URL(url)
    const pool = [...places.values()].find((place) => place.origin === origin)?.pool ?? new Pool(origin, POOL)
    const place = { origin, pool, path: pathname.replace(/\/$/, '') }
    places.set(url, place)
    return place
  }
  const upstreamOf = (tier: TierName): TierModel => {
    const upstream = options.tiers[tier]
    if (!upstream) throw new Error(`no model is configured for the tier ${tier}`)
    return upstream
  }
  const sendTo = async (upstream: Upstream, sending: Sending, signal: AbortSignal): Promise<Relayed> => {
    const body = await guard.pass(sending, upstream)
    return send(placeOf(upstream.url), upstream, { ...sending, body }, signal)
  }
  return {
    post: (tier, sending, signal) => sendTo(upstreamOf(tier), sending, signal),
    open: (tier, body, signal) => {
      const upstream = upstreamOf(tier)
      const sending = { ...CHAT, body }
      return upstream.standIns
        ? openAny(upstream, sending, sendTo, signal)
        : sendTo(upstream, sending, signal)
    },
    async close() {
      await Promise.all([...places.values()].map(({ pool }) => pool.destroy()))
    },
  }
}

type Upstream = Omit<TierModel, 'slots' | 'standIns'>
type SendTo = (upstream: Upstream, sending: Sending, signal: AbortSignal) => Promise<Relayed>

/** The first of a tier's models that begins an answer; a client that named another model gets that one or none. */
async function openAny(
  upstream: TierModel,
  sending: Sending & { readonly body: string },
  sendTo: SendTo,
  signal: AbortSignal,
): Promise<Relayed> {
  const standIns = isFor(upstream, sending.body) ? (upstream.standIns ?? []) : []
  let next: Upstream = upstream
  let sent = sending
  for (const standIn of standIns) {
    try {
      const answer = await sendTo(next, sent, signal)
      if (!isTrouble(answer.status)) return answer
      answer.source.destroy()
    } catch (error) {
      if (signal.aborted || !(error instanceof SwarmError) || error.fault !== 'upstream') throw error
    }
    next = standIn
    sent = { ...sending, body: withModel(sending.body, standIn.model) }
  }
  return sendTo(next, sent, signal)
}

/** Would another server answer where this one did not? */
const isTrouble = (status: number): boolean => status === 429 || status >= 500

const Named = z.looseObject({ model: z.string() })

const isFor = ({ model }: Upstream, body: string): boolean =>
  Named.safeParse(jsonOrNull(body)).data?.model === model

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

/** Where a base URL's requests go: one pool per origin, and the path below which everything lies. */
type Place = { readonly origin: string; readonly pool: Pool; readonly path: string }

async function send(
  place: Place,
  { url, apiKey }: Upstream,
  sending: Sending,
  signal: AbortSignal,
): Promise<Relayed> {
  signal.throwIfAborted()
  const options = {
    method: 'POST',
    path: `${place.path}${sending.path}`,
    headers: {
      'content-type': sending.contentType,
      accept: sending.accept,
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: sending.body,
  } as const
  try {
    const { status, headers, source } = await dispatch(place.pool, options, signal)
    let body: ReadableStream<Uint8Array> | undefined
    const answer: Relayed = {
      status,
      contentType: headerOf(headers['content-type']) ?? 'application/json',
      retryAfter: headerOf(headers['retry-after']),
      contentLength: headerOf(headers['content-length']),
      source,
      // made when somebody wants it: the direct path reads the source
      get body() {
        return (body ??= asWebStream(answer.source))
      },
    }
    return answer
  } catch (error) {
    signal.throwIfAborted()
    const message = `${url} did not answer: ${rootCause(error)}. Is the server running there? LITELLM_URL names another`
    throw new SwarmError('upstream', message, { cause: error })
  }
}

const headerOf = (value: string | string[] | undefined): string | null =>
  value === undefined ? null : String(value)

function asWebStream(source: Source): ReadableStream<Uint8Array> {
  let wanted = true
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source.flow({
          take(bytes) {
            if (wanted) controller.enqueue(bytes)
            if ((controller.desiredSize ?? 0) <= 0) source.pause()
          },
          end(isWhole) {
            if (!wanted) return
            if (isWhole) controller.close()
            else controller.error(new SwarmError('upstream', 'the upstream broke off its answer'))
          },
        })
      },
      pull: () => source.resume(),
      cancel() {
        wanted = false
        source.destroy()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }),
  )
}
