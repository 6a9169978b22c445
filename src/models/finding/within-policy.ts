import type { FileConfig } from '../../config.ts'
import { SwarmError } from '../../core/errors.ts'
import type { Policy } from '../../core/privacy/policy-name.ts'
import { TierName } from '../../core/task.ts'
import type { TierModel } from '../client.ts'
import { baseUrl, detectTiers, type RoleAssignment } from './detect.ts'
import { placeOf, placeOfAddress } from '../leaving/place.ts'

type Wishes = {
  readonly policy: Policy
  readonly upstream: FileConfig['upstream']
  readonly litellmUrl: string | null
  readonly tiers: FileConfig['tiers']
  readonly senses: FileConfig['senses']
}

/** Finds the models that the policy allows: offline nobody in the cloud is asked, not even for a list of models. */
export async function detectWithin(
  config: Wishes & Parameters<typeof detectTiers>[0],
  options: Parameters<typeof detectTiers>[1],
  signal: AbortSignal,
): Promise<RoleAssignment> {
  const within = wishesWithin(config)
  const found = await detectTiers(within.config, options, signal)
  const tiers = tiersWithin(asTold(found), config)
  if (Object.keys(tiers).length === 0) throw nobodyHome(within.notes)
  return { ...found, tiers, notes: [...within.notes, ...found.notes] }
}

/** What a server hands on to somebody else's machines is in the cloud, whatever its name and address. */
function asTold({ tiers, known }: Pick<RoleAssignment, 'tiers' | 'known'>): Tiers {
  const told: Tiers = {}
  for (const name of TierName.options) {
    const tier = tiers[name]
    if (!tier) continue
    const isAway = known[name]?.elsewhere === true && tier.place === undefined
    told[name] = isAway ? { ...tier, place: 'cloud' } : tier
  }
  return told
}

const nobodyHome = (notes: readonly string[]): SwarmError =>
  new SwarmError(
    'bad-request',
    `the policy is offline, and no model at home is known (${notes.join('; ')}): start one, such as ollama serve, or set "policy" to "prefer-local"`,
  )

/** The configuration as a policy lets it be looked for, and what was left out of it, for a human. */
function wishesWithin<Config extends Wishes>(config: Config): { config: Config; notes: string[] } {
  if (config.policy !== 'offline') return { config, notes: [] }
  const notes: string[] = []
  const isHome = (what: string, url: string | null | undefined, place?: string): boolean => {
    const home = place === undefined ? !url || placeOfAddress(baseUrl(url)) === 'local' : place === 'local'
    if (!home) notes.push(`${what} is in the cloud and is not used: the policy is offline`)
    return home
  }
  const { url, ...upstream } = config.upstream
  const { vision, speech } = config.senses
  return {
    config: {
      ...config,
      upstream: url !== undefined && isHome(url, url) ? { ...upstream, url } : upstream,
      litellmUrl: isHome(config.litellmUrl ?? '', config.litellmUrl) ? config.litellmUrl : null,
      tiers: Object.fromEntries(
        Object.entries(config.tiers).filter(([name, tier]) => isHome(`tier ${name}`, tier?.url, tier?.place)),
      ),
      senses: {
        ...(vision && isHome('the model that sees', vision.url, vision.place) && { vision }),
        ...(speech && isHome('the model that hears', speech.url, speech.place) && { speech }),
      },
    },
    notes,
  }
}

/** The models for pictures and sound that the policy allows. */
export const sensesWithin = <Config extends Wishes>(config: Config): Config['senses'] =>
  wishesWithin(config).config.senses

type Tiers = Partial<Record<TierName, TierModel>>

/** The tiers that were found, each with the place that the configuration gives it; offline without those of the cloud. */
export function tiersWithin(
  found: Tiers,
  { policy, tiers: wishes }: Pick<Wishes, 'policy' | 'tiers'>,
): Tiers {
  const placed = TierName.options.flatMap((name) => {
    const tier = found[name]
    return tier ? [[name, atHome(placedAs(tier, wishes[name]))] as const] : []
  })
  // one model cannot be here and there
  const inCloud = placed.map(([, tier]) => tier).filter((tier) => placeOf(tier) === 'cloud')
  const tiers = placed.map(([name, tier]) => {
    const isThere = inCloud.some(({ url, model }) => url === tier.url && model === tier.model)
    return [name, isThere ? { ...tier, place: 'cloud' as const } : tier] as const
  })
  return Object.fromEntries(
    policy === 'offline' ? tiers.filter(([, tier]) => placeOf(tier) === 'local') : tiers,
  )
}

/** What is said of one model is not said of another, which was found where that one may not be used. */
function placedAs(tier: TierModel, wish: FileConfig['tiers'][TierName]): TierModel {
  const { model = tier.model, url = tier.url, place } = wish ?? {}
  if (place === undefined || model !== tier.model || baseUrl(url) !== tier.url) return tier
  return { ...tier, place }
}

/** Who stands in for a model at home is at home, too: what a tier may be shown must not change with who answers. */
function atHome({ standIns, ...tier }: TierModel): TierModel {
  if (standIns === undefined) return tier
  if (placeOf(tier) === 'cloud') return { ...tier, standIns }
  return { ...tier, standIns: standIns.filter((standIn) => placeOf(standIn) === 'local') }
}
