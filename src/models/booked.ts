import type { Clock } from '../cascade/ports.ts'
import type { TierName } from '../core/task.ts'
import type { TierModel } from './client.ts'
import type { Relay } from './relay.ts'

type Books = {
  direct(call: { tier: TierName; model: string; at: number; ms: number; characters: number | null }): void
}

/** The same relay, whose requests are written down: what was sent and how long the answer took to begin. */
export function booked(
  relay: Relay,
  tiers: Partial<Record<TierName, TierModel>>,
  books: Books,
  clock: Pick<Clock, 'now'>,
): Relay {
  async function timed<Answer>(tier: TierName, body: unknown, asking: Promise<Answer>): Promise<Answer> {
    const at = clock.now()
    const answer = await asking
    const ms = clock.now() - at
    // the answer goes first
    setImmediate(() => {
      const characters = typeof body === 'string' && !body.includes(';base64,') ? body.length : null
      books.direct({ tier, model: tiers[tier]?.model ?? 'unknown', at, ms, characters })
    })
    return answer
  }
  return {
    ...relay,
    open: (tier, body, signal) => timed(tier, body, relay.open(tier, body, signal)),
    post: (tier, sending, signal) => timed(tier, sending.body, relay.post(tier, sending, signal)),
  }
}
