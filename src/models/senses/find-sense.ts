import type { EndpointPlace } from '../../core/privacy/policy-name.ts'
import type { TierName } from '../../core/task.ts'
import type { Capability } from '../../core/capability.ts'
import { askCapabilities } from '../finding/capabilities.ts'
import type { Catalogue } from '../catalogue.ts'
import type { ModelOptions } from '../client.ts'
import { baseUrl } from '../finding/detect.ts'
import { placeAmong } from '../leaving/place.ts'

/** What the configuration says of them. */
export type SenseWishes = { readonly vision?: SenseWish | undefined; readonly speech?: SenseWish | undefined }
export type SenseWish = {
  readonly model: string
  readonly url?: string | undefined
  readonly apiKey?: string | undefined
  readonly place?: EndpointPlace | undefined
}

/** A model that sees, or hears. */
export type Sense = {
  readonly model: string
  readonly url: string
  readonly apiKey: string | null
  /** Whose own model it is; null where it is nobody's. */
  readonly tier: TierName | null
  readonly place: EndpointPlace
}

/** Where they may be found. */
export type Haystack = {
  readonly options: ModelOptions
  readonly wishes: SenseWishes
  readonly catalogue: Pick<Catalogue, 'all'>
}

/** A tier's own model first: it is loaded already. */
export async function findSeeing(where: Haystack): Promise<Sense | null> {
  const { vision } = where.wishes
  if (vision) return configured(vision, where.options)
  const known = await knownModels(where)
  return (
    known.find(({ sees, tier }) => sees === 'word' && tier !== null) ??
    known.find(({ sees }) => sees === 'word') ??
    known.find(({ sees, tier }) => sees === 'name' && tier !== null) ??
    known.find(({ sees }) => sees === 'name') ??
    null
  )
}

export async function findHearing(where: Haystack): Promise<Sense | null> {
  const { options, wishes, catalogue } = where
  if (wishes.speech) return configured(wishes.speech, options)
  const listed = (await catalogue.all()).find(({ makes }) => makes === 'transcriptions')
  const upstream = listed && options.tiers[listed.tier]
  if (upstream) {
    const at = { model: listed.id, url: upstream.url }
    return { ...at, apiKey: upstream.apiKey, tier: null, place: placeAmong(at, options.tiers) }
  }
  return (await knownModels(where)).find(({ hears }) => hears) ?? null
}

/** Where the configuration says no address, it is the first tier's; and that one's key goes to its server only. */
function configured({ model, url, apiKey, place }: SenseWish, { tiers }: ModelOptions): Sense | null {
  const general = Object.values(tiers)[0]
  const at = url === undefined ? general?.url : baseUrl(url)
  if (at === undefined) return null
  const isSame = general !== undefined && new URL(at).origin === new URL(general.url).origin
  const key = apiKey ?? (isSame ? general.apiKey : null)
  return { model, url: at, apiKey: key, tier: null, place: place ?? placeAmong({ model, url: at }, tiers) }
}

type Known = Sense & Capability

/** The models of every upstream but the cloud's, each upstream's tiers first, with what they can do. */
async function knownModels({ options: { tiers }, catalogue }: Haystack): Promise<Known[]> {
  const listed = await catalogue.all()
  const upstreams = Map.groupBy(
    (['fast', 'deep', 'reviewer'] as const).flatMap((tier) => {
      const model = tiers[tier]
      return model ? [{ ...model, tier }] : []
    }),
    ({ url }) => url,
  )
  const known = await Promise.all(
    [...upstreams.values()].map(async (own): Promise<Known[]> => {
      const { url, apiKey } = own[0]!
      const tierOf = new Map(own.toReversed().map(({ model, tier }) => [model, tier]))
      const others = listed.filter(({ tier, makes }) => makes === 'text' && tiers[tier]?.url === url)
      const names = [...new Set([...own.map(({ model }) => model), ...others.map(({ id }) => id)])]
      const can = await askCapabilities({ url, apiKey }, names, new AbortController().signal)
      return [...can].map(([model, can]) => {
        const place = can.elsewhere ? 'cloud' : placeAmong({ model, url }, tiers)
        return { ...can, model, url, apiKey, tier: tierOf.get(model) ?? null, place }
      })
    }),
  )
  return known.flat()
}
