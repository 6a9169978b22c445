import type { Clock, Models } from '../cascade/ports.ts'
import { usageAtEnd, type Counted } from '../core/usage-at-end.ts'
import type { TierName } from '../core/task.ts'
import type { TierModel } from './client.ts'
import { overhear } from './overhear.ts'
import type { Relay, Relayed } from './relay.ts'

type Call = {
  tier: TierName
  model: string
  at: number
  ms: number
  characters: number | null
  counted: (Counted & { readonly estimated?: boolean }) | null
}
type Books = { direct(call: Call): void }

/**
 * The same relay, whose requests are written down: how long the answer took to begin, and what it took as the upstream
 * counted, where that stands in its end; else what was sent.
 */
export function booked(
  relay: Relay,
  tiers: Partial<Record<TierName, TierModel>>,
  books: Books,
  clock: Pick<Clock, 'now'>,
): Relay {
  async function timed(tier: TierName, body: unknown, asking: Promise<Relayed>): Promise<Relayed> {
    const at = clock.now()
    const answer = await asking
    const ms = clock.now() - at
    answer.source = overhear(answer.source, (end) =>
      // the answer goes first
      setImmediate(() => {
        const characters = typeof body === 'string' && !body.includes(';base64,') ? body.length : null
        const counted = usageAtEnd(end())
        books.direct({ tier, model: tiers[tier]?.model ?? 'unknown', at, ms, characters, counted })
      }),
    )
    return answer
  }
  return {
    ...relay,
    open: (tier, body, signal) => timed(tier, body, relay.open(tier, body, signal)),
    post: (tier, sending, signal) => timed(tier, sending.body, relay.post(tier, sending, signal)),
  }
}

/** Models whose calls belong to no story, and so are written down when they are over. */
export function bookedCalls(
  models: Pick<Models, 'call' | 'modelOf'>,
  books: Books,
  clock: Pick<Clock, 'now'>,
): Models['call'] {
  return async function* (request, signal) {
    const at = clock.now()
    const reply = yield* models.call(request, signal)
    const { tier } = request
    const ms = clock.now() - at
    books.direct({ tier, model: models.modelOf(tier), at, ms, characters: null, counted: reply.usage })
    return reply
  }
}
