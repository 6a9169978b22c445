import type { Capability } from '../../core/capability.ts'
import { TierName } from '../../core/task.ts'
import { createCapabilities, type Capabilities } from './capabilities.ts'
import type { TierModel } from '../client.ts'
import { AT_ONCE } from './measure-slots.ts'
import { placeOf } from '../leaving/place.ts'

export type Tiers = Partial<Record<TierName, TierModel>>
/** What their models can do. */
export type Known = Partial<Record<TierName, Capability>>
type Asking = { readonly capabilities?: Capabilities; readonly measure?: boolean }

/** A start waits no longer for trying a model, and only once. */
const MEASURE_MS = 15_000

/** What the local ones can do; the cloud is left alone until a task comes to it. */
export async function knowTiers(
  tiers: Tiers,
  { capabilities = createCapabilities({ clock: performance }), measure = false }: Asking,
  signal: AbortSignal,
): Promise<Known> {
  const known: Known = {}
  const local = TierName.options.filter((tier) => tiers[tier] && placeOf(tiers[tier]) === 'local')
  await Promise.all(local.map(async (tier) => (known[tier] = await capabilities.of(tiers[tier]!, signal))))
  if (!measure) return known
  // one after the other: each is to have its server for itself
  for (const tier of local) {
    const at = tiers[tier]!
    known[tier] = await capabilities.of(at, signal)
    if (known[tier].server !== 'ollama' || !(await capabilities.isWorthMeasuring(at, signal))) continue
    known[tier] = await capabilities.measure(at, MEASURE_MS, signal)
  }
  return known
}

/** Never more calls at once than the server answers: the rest would only wait there instead of here. */
export function withinSlots(tiers: Tiers, known: Known): Tiers {
  const bounded: Tiers = {}
  for (const tier of TierName.options) {
    const model = tiers[tier]
    if (model) bounded[tier] = { ...model, slots: Math.min(model.slots, realSlots(known[tier])) }
  }
  return bounded
}

/** As far as it is known. Measuring ends at AT_ONCE: whoever gets there may have more. */
export function realSlots(capability: Capability | undefined): number {
  const slots = capability?.slots ?? null
  if (slots === null || (capability?.slotsFrom === 'measured' && slots >= AT_ONCE)) return Infinity
  return slots
}
