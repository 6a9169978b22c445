import { PLAIN } from '../../core/capability.ts'
import { callsOf } from '../../core/fit/calls.ts'
import { fitInto, type Fit, type Fitted, type Wanted } from '../../core/fit/fit.ts'
import { gigabytes } from '../../core/fit/gigabytes.ts'
import { roomIn, type Machine } from '../../core/fit/room.ts'
import { whySequential, type SequentialWish } from '../../core/fit/sequential.ts'
import { contextBytes } from '../../core/fit/sized.ts'
import { TierName } from '../../core/task.ts'
import type { TierModel } from '../client.ts'
import { realSlots, withinSlots, type Known, type Tiers } from './know-tiers.ts'
import { isThisMachine, placeOf } from '../leaving/place.ts'

/** How wide a swarm the machine bears. */
export type Width = {
  /** Coders at once, of the tiers for which that is known. */
  readonly together: Readonly<Partial<Record<TierName, number>>>
  /** Why one call is made after the other, one model after the other; null where they are made side by side. */
  readonly sequential: string | null
}

export type FittedTiers = {
  readonly tiers: Tiers
  readonly width: Width
  readonly fit: Fit
  /** What was narrowed and why, for a human. */
  readonly notes: string[]
}

/** Narrows the tiers to what servers answer at once and to what this machine's memory holds. */
export function fitTiers(
  wished: Tiers,
  known: Known,
  machine: Machine,
  wish: SequentialWish = 'auto',
): FittedTiers {
  const home = TierName.options.filter((tier) => wished[tier] && placeOf(wished[tier]) === 'local')
  const wanted = wantedBy(home, wished, known)
  const room = roomIn(machine, heldBy(wanted))
  const fit = fitInto(room, wanted)
  const fittedOf = (tier: TierName): Fitted | undefined =>
    wished[tier] && fit.models.find(({ model }) => model.key === keyOf(wished[tier]!))
  const reason = whySequential(wish, fit.models, room)
  const within = withinSlots(wished, known)
  const tiers: Tiers = {}
  const together: Partial<Record<TierName, number>> = {}
  const notes: string[] = []
  for (const tier of TierName.options) {
    const model = within[tier]
    if (!model) continue
    const fitted = home.includes(tier) ? fittedOf(tier) : undefined
    const calls = fitted ? Math.min(model.slots, callsOf(fitted)) : model.slots
    tiers[tier] = { ...model, slots: calls }
    if (reason !== null && fitted) tiers[tier] = { ...model, slots: 1, line: 'one at a time' }
    // what nobody said is no bound for coders: they wait for a slot
    else if (calls < wished[tier]!.slots || known[tier]?.slots != null) together[tier] = calls
    if (fitted && reason === null) notes.push(...narrowed(tier, wished[tier]!, calls, fitted, room))
  }
  return { tiers, width: { together, sequential: reason }, fit, notes: [...told(reason), ...notes] }
}

const keyOf = ({ url, model }: TierModel): string => `${url} ${model}`

/** The models of the tiers at home, the first tier's first. */
function wantedBy(home: readonly TierName[], wished: Tiers, known: Known): Wanted[] {
  const groups = Map.groupBy(home, (tier) => keyOf(wished[tier]!))
  return [...groups].map(([key, [first, ...others]]) => {
    const { model, url } = wished[first!]!
    const { slots, window, ...memory } = known[first!] ?? PLAIN
    // of another machine's memory nothing is known
    const { bytes, bytesPerToken, held } = isThisMachine(url) ? memory : PLAIN
    const most = Math.max(...[first!, ...others].map((tier) => wished[tier]!.slots))
    return {
      key,
      model,
      wished: most,
      contexts: Math.min(most, realSlots(known[first!])),
      slots,
      window,
      bytes,
      bytesPerToken,
      held,
    }
  })
}

const heldBy = (models: readonly Wanted[]): number => models.reduce((sum, { held }) => sum + (held ?? 0), 0)

const told = (reason: string | null): string[] =>
  reason === null ? [] : [`sequential: one call at a time, one model after the other, because ${reason}`]

function narrowed(
  tier: TierName,
  wished: TierModel,
  calls: number,
  { model, contexts }: Fitted,
  room: number,
): string[] {
  if (calls === wished.slots) return []
  const says = `${tier} makes ${calls} of ${wished.slots} calls at once: `
  if (model.slots !== null && model.slots <= calls) return [`${says}${model.model} answers no more`]
  const each = gigabytes(contextBytes(model) ?? 0)
  const need = gigabytes((model.bytes ?? 0) + (contextBytes(model) ?? 0) * wished.slots)
  if (contexts === 0) return [`${says}${model.model} does not fit into ${gigabytes(room)}, ${need} would do`]
  return [
    `${says}a context of ${model.model} takes ${each}; ${need} would hold all, and there are ${gigabytes(room)}`,
  ]
}
