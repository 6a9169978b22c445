import type { Message } from '../cascade/ports.ts'
import type { Capability } from '../core/capability.ts'
import { SwarmError } from '../core/errors.ts'
import type { Usage } from '../core/task.ts'
import { freeSlot, type Endpoint, type ModelOptions } from './client.ts'
import { placeOf } from './leaving/place.ts'
import { readReply } from './reply.ts'
import { send } from './send.ts'
import { watchSilence } from './silence.ts'

/** Servers that keep what they have read, and take the beginning of another prompt from there. */
const KEEPERS: ReadonlySet<Capability['server']> = new Set([
  'llamacpp',
  'ollama',
  'lmstudio',
  'vllm',
  'sglang',
])
/** These answer as many at once as fit into memory, without a number of slots. */
const UNSLOTTED: ReadonlySet<Capability['server']> = new Set(['vllm', 'sglang'])

/**
 * Has a server read a prompt for one token of reply. Only where it pays: the server is our own, keeps what it has read,
 * and has a slot that nobody waits for.
 */
export async function warm(
  endpoint: Endpoint,
  messages: readonly Message[],
  options: ModelOptions,
  signal: AbortSignal,
): Promise<Usage | null> {
  if (placeOf(endpoint) !== 'local') return null
  // one at a time: the planner would have to wait for it
  if (endpoint.line !== undefined) return null
  const { server, slots } = await endpoint.capability(signal)
  if (!KEEPERS.has(server) || !(UNSLOTTED.has(server) || (slots ?? 1) >= 2)) return null
  const free = freeSlot(endpoint, signal)
  if (free === null) return null
  using _ = await free
  using silence = watchSilence(`${endpoint.model} at ${endpoint.url}`)
  const request = { ...ONE_TOKEN, tier: endpoint.tier, messages: [...messages] }
  try {
    const limit = AbortSignal.any([signal, silence.signal])
    const { response } = await send(endpoint, request, { ...options, tries: 1 }, silence, limit)
    const reading = readReply(response, endpoint, request, options, silence)
    for (;;) {
      const next = await reading.next()
      if (next.done) return next.value.usage
    }
  } catch (error) {
    signal.throwIfAborted()
    // the coders will hear what is wrong with it, and say so
    if (error instanceof SwarmError) return null
    throw error
  }
}

const ONE_TOKEN = {
  role: 'coder',
  temperature: 0,
  seed: 1,
  maxTokens: 1,
  json: false,
  choices: null,
} as const
