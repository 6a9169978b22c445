import type { Clock, ModelReply, ModelRequest } from '../cascade/ports.ts'
import { SwarmError } from '../core/errors.ts'
import { afterFailure, HEALTHY, orderToAsk, type Health } from '../core/set-aside.ts'
import type { Endpoint } from './client.ts'
import { Refusal } from './refusal.ts'

/** How endpoints have done of late; each tier's stand-ins among them. */
export type HealthBook = {
  /** Which of them to ask, best first; those that only keep silent are left out until their time is up. */
  order(endpoints: readonly Endpoint[]): Endpoint[]
  failed(endpoint: Endpoint, error: SwarmError): void
  worked(endpoint: Endpoint): void
}

/** Remembers by server and model, so that tiers on the same one share what was seen. */
export function createHealthBook(clock: Pick<Clock, 'now'>): HealthBook {
  const healths = new Map<string, Health>()
  const keyOf = ({ url, model }: Endpoint): string => `${url} ${model}`
  const healthOf = (endpoint: Endpoint): Health => healths.get(keyOf(endpoint)) ?? HEALTHY
  return {
    order: (endpoints) => orderToAsk(endpoints.map(healthOf), clock.now()).map((index) => endpoints[index]!),
    failed(endpoint, { fault }) {
      healths.set(keyOf(endpoint), afterFailure(healthOf(endpoint), fault === 'timeout', clock.now()))
    },
    worked: (endpoint) => void healths.delete(keyOf(endpoint)),
  }
}

type Call = (endpoint: Endpoint) => AsyncGenerator<number, ModelReply, void>

/** Asks the endpoints of a tier one after the other, until one answers. Who stood in for whom is told with the reply. */
export async function* callAny(
  endpoints: readonly Endpoint[],
  call: Call,
  book: HealthBook,
  { role }: Pick<ModelRequest, 'role'>,
  signal: AbortSignal,
): AsyncGenerator<number, ModelReply, void> {
  const [first] = endpoints
  const order = book.order(endpoints)
  if (order.length === 0) throw silent(endpoints, role)
  let reason = 'it failed a moment ago'
  for (const [index, endpoint] of order.entries()) {
    try {
      const reply = yield* call(endpoint)
      book.worked(endpoint)
      if (endpoint === first) return reply
      return { ...reply, by: endpoint.model, standIn: standIn(endpoint, first!, reason) }
    } catch (error) {
      if (signal.aborted || !isDown(error)) throw error
      book.failed(endpoint, error)
      if (index === order.length - 1) throw error
      reason = error.message
    }
  }
  throw silent(endpoints, role)
}

const standIn = ({ model, url }: Endpoint, absent: Endpoint, reason: string) => ({
  model,
  at: new URL(url).host,
  for: absent.model,
  reason,
})

/** Would the same request fare better elsewhere? One that was refused for what it is would not. */
const isDown = (error: unknown): error is SwarmError =>
  error instanceof SwarmError &&
  !(error instanceof Refusal) &&
  (error.fault === 'upstream' || error.fault === 'timeout' || error.fault === 'overloaded')

function silent(endpoints: readonly Endpoint[], role: string): SwarmError {
  const names = endpoints.map(({ model, url }) => `${model} at ${url}`).join(', ')
  return new SwarmError(
    'timeout',
    `${names}: silent several times in a row, so no ${role} is asked there for a while. Is the server hanging?`,
  )
}
