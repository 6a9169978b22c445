import { totalmem } from 'node:os'
import type { FileConfig } from '../../config.ts'
import { oneForAll } from '../../core/fit/fit.ts'
import type { Machine } from '../../core/fit/room.ts'
import { TierName } from '../../core/task.ts'
import type { Capabilities } from './capabilities.ts'
import type { Cast } from './cast.ts'
import type { TierModel } from '../client.ts'
import { fitTiers, type FittedTiers, type Width } from './fit-tiers.ts'
import { improvements } from './improve.ts'
import { knowTiers, type Known, type Tiers } from './know-tiers.ts'
import { castAliases, castFound, castOne, type Casting } from './roles.ts'
import { findRuntimes, NAMES, PLACES, probeUpstream, type Found, type Missing } from './runtimes.ts'

export type RoleAssignment = {
  tiers: Tiers
  /** Lines for a human: which model took which role and why, and what to do about what is missing. */
  notes: string[]
  found: Found | null
  /** What the local tiers' models can do; empty where nothing answers. */
  known: Known
  /** What of it may be used at once. */
  width: Width
  /** Is it the model that was installed into Quorum itself? */
  isOwn?: boolean
}

type Wishes = {
  upstream: FileConfig['upstream']
  tiers: FileConfig['tiers']
  litellmUrl: string | null
  litellmApiKey: string | null
  /** Ours, which is never taken for a model's. */
  server?: { readonly port: number }
  sequential?: FileConfig['sequential']
}

type Options = {
  /** Base URLs to look at when nobody named one that answers. */
  places?: readonly string[]
  /** Of this machine, and what of it could be had at once; null where that is not known. */
  memoryBytes?: number
  freeBytes?: number | null
  /** Whose commands the advice is written for. */
  platform?: NodeJS.Platform
  capabilities?: Capabilities
  /** Try a model that is in memory, once: how many requests does it answer at once? */
  measure?: boolean
  /** Started when there is no server; null where no model is installed. */
  embedded?: (signal: AbortSignal) => Promise<OwnModel | null>
}

/** The model that `quorum models install` brought. */
export type OwnModel =
  | { readonly ok: true; readonly url: string; readonly apiKey: string; readonly slots: number }
  | { readonly ok: false; readonly reason: string }

const LITELLM_URL = 'http://localhost:4000/v1'
/** What compose.yaml sets where nobody chose a key. */
const LITELLM_KEY = 'dev-key'
const SLOTS = { fast: 4, deep: 1, reviewer: 2, cloud: 2 } as const satisfies Record<TierName, number>
/** Of the machine's memory, what models may take: the rest is for contexts, editors and builds. */
const SHARE_FOR_MODELS = 0.6

/**
 * Finds out which upstream there is and which of its models takes which role. What the configuration says is done;
 * LiteLLM's aliases come next, then the models of whatever else runs on this machine. Calls no model unless told to measure.
 */
export async function detectTiers(
  config: Wishes,
  options: Options,
  signal: AbortSignal,
): Promise<RoleAssignment> {
  const url = baseUrl(config.upstream.url ?? config.litellmUrl ?? LITELLM_URL)
  const apiKey = config.upstream.apiKey ?? config.litellmApiKey ?? (url === LITELLM_URL ? LITELLM_KEY : null)
  const isNamed = config.upstream.url !== undefined || config.litellmUrl !== null
  const look = (): Promise<Found[]> => findRuntimes(placesFor(config, options), signal)
  // what nobody named is looked for everywhere at once
  const [upstream, around] = await Promise.all([probeUpstream(url, apiKey, signal), isNamed ? null : look()])
  if (upstream.kind !== 'none') return assign(config, [upstream], apiKey, options, signal)

  // a server that is there but refuses us is to be mended, not walked around; so is one the configuration names
  const isFixed = upstream.answers || config.upstream.url !== undefined
  const found = isFixed ? [] : (around ?? (await look()))
  if (found.length > 0) {
    const roles = await assign(config, found, null, options, signal)
    const others = found.slice(1).filter(({ url }) => !usesOf(roles).has(url))
    return {
      ...roles,
      notes: [
        `${upstream.reason}; using ${roles.found?.url} instead`,
        ...roles.notes,
        ...others.map(alsoThere),
      ],
    }
  }
  const own = isFixed ? null : await (options.embedded?.(signal) ?? null)
  if (own?.ok) return assignOwn(config, own, upstream.reason, options, signal)
  const wished = tiersOf(config, castAliases(''), { url, apiKey })
  const { tiers, width } = fitTiers(wished, {}, machineOf(options), config.sequential)
  const notes = [upstream.reason, ...(own ? [own.reason] : []), ...mend(upstream)]
  return { tiers, found: null, known: {}, width, notes }
}

/** One model in every role, with no more calls at once than do it good. */
async function assignOwn(
  config: Wishes,
  { url, apiKey, slots }: Extract<OwnModel, { ok: true }>,
  reason: string,
  options: Options,
  signal: AbortSignal,
): Promise<RoleAssignment> {
  const there = await probeUpstream(url, apiKey, signal)
  if (there.kind === 'none')
    return { tiers: {}, found: null, known: {}, width: FREE_WIDTH, notes: [reason, there.reason] }
  const roles = await assign(config, [there], apiKey, options, signal)
  const tiers = { ...roles.tiers }
  for (const tier of TierName.options) {
    const model = tiers[tier]
    if (model?.url === url) tiers[tier] = { ...model, slots: Math.min(model.slots, slots) }
  }
  return {
    ...roles,
    tiers,
    isOwn: true,
    notes: [`${reason}; using the installed model instead`, ...roles.notes],
  }
}

const FREE_WIDTH: Width = { together: {}, sequential: null }

/** What macOS calls free is next to nothing, as it keeps what it has read in the rest. */
function machineOf({ memoryBytes, freeBytes }: Options): Machine {
  if (memoryBytes !== undefined) return { total: memoryBytes, free: freeBytes ?? null }
  return { total: totalmem(), free: process.platform === 'darwin' ? null : process.availableMemory() }
}

function placesFor({ server }: Wishes, { places = PLACES }: Options): string[] {
  return places.map(baseUrl).filter((url) => new URL(url).port !== String(server?.port))
}

const usesOf = ({ tiers }: RoleAssignment): Set<string> => new Set(Object.values(tiers).map(({ url }) => url))

const alsoThere = ({ kind, url }: Found): string =>
  `${NAMES[kind]} is at ${url}, too; tiers.*.url in quorum.config.json uses it`

/** The first of them that has a model to speak with; several llama.cpp servers are used as one. */
async function assign(
  config: Wishes,
  found: readonly Found[],
  apiKey: string | null,
  options: Options,
  signal: AbortSignal,
): Promise<RoleAssignment> {
  const machine = machineOf(options)
  const castings: { main: Found; casting: Casting }[] = []
  for (const main of found) {
    const beside = found.filter(
      ({ kind, url }) => kind === 'llamacpp' && main.kind === kind && url !== main.url,
    )
    castings.push({ main, casting: await castFound(main, beside, machine.total * SHARE_FOR_MODELS, signal) })
    if (!castings.at(-1)?.casting.isEmpty) break
  }
  const { main, casting } = castings.find(({ casting }) => !casting.isEmpty) ?? castings[0]!
  const fitted = async (cast: Cast) => {
    const wished = tiersOf(config, cast, { url: main.url, apiKey })
    const known = await knowTiers(wished, options, signal)
    return { cast, known, ...fitTiers(wished, known, machine, config.sequential) }
  }
  const first = await fitted(casting.cast)
  const one = oneInstead(config, main, first)
  const chosen = one === null ? first : await fitted(one)
  const { cast, known, tiers, width, fit } = chosen
  const parts = TierName.options.flatMap((tier) => {
    const model = tiers[tier]?.model
    return model === undefined ? [] : [`${model} takes ${tier}: ${whyOf(tier, config, cast, main)}`]
  })
  const roles = TierName.options.flatMap((tier) => {
    const capability = known[tier]
    const at = tiers[tier]
    return capability && at ? [{ ...at, capability }] : []
  })
  const { platform = process.platform } = options
  const advice = casting.isEmpty ? [] : improvements(roles, { machine, fit, platform })
  const notes = [...parts, ...casting.notes, ...chosen.notes, ...advice]
  return { tiers, found: main, known, width, notes }
}

/** One model in every role, where those that were shared out push each other out of memory; null where they need not. */
function oneInstead({ tiers }: Wishes, { kind }: Found, { fit }: FittedTiers): Cast | null {
  const isFree = kind === 'ollama' && TierName.options.every((tier) => tiers[tier]?.model === undefined)
  const one = isFree && !fit.together ? oneForAll(fit) : null
  if (one === null) return null
  const names = fit.models.map(({ model }) => model.model).join(' and ')
  return castOne(one.model.model, `${names} with their contexts do not fit into memory together`)
}

function whyOf(tier: TierName, { tiers }: Wishes, cast: Cast, found: Found): string {
  const wish = tiers[tier]
  if (wish?.model === undefined) return tier === 'cloud' ? '' : cast[tier].why
  const isUnknown = wish.url === undefined && !found.models.includes(wish.model)
  return isUnknown ? `as configured, but ${found.url} does not list it` : 'as configured'
}

/** The configuration first, then what was found. */
function tiersOf(
  config: Wishes,
  cast: Cast,
  general: { url: string; apiKey: string | null },
): RoleAssignment['tiers'] {
  const tiers: RoleAssignment['tiers'] = {}
  for (const tier of TierName.options) {
    const wish = config.tiers[tier]
    const model = wish?.model ?? (tier === 'cloud' ? undefined : cast[tier].model)
    if (model === undefined) continue
    const found = wish?.model === undefined && tier !== 'cloud' ? cast[tier].url : undefined
    const url = wish?.url === undefined ? (found ?? general.url) : baseUrl(wish.url)
    // the general key is for the general server; another one must not get to see it
    const ownKey = new URL(url).origin === new URL(general.url).origin ? general.apiKey : null
    const { place, tools } = wish ?? {}
    tiers[tier] = {
      model,
      url,
      apiKey: wish?.apiKey ?? ownKey,
      slots: wish?.slots ?? SLOTS[tier],
      ...(place && { place }),
      ...(tools !== undefined && { tools }),
      ...(wish?.standIns && {
        standIns: wish.standIns.map((one) => standInFor({ url, apiKey: wish.apiKey ?? ownKey }, one)),
      }),
    }
  }
  return tiers
}

function mend({ answers }: Missing): string[] {
  if (answers) return []
  return [
    'start LiteLLM: docker compose up -d --wait (litellm/config.yaml names its models)',
    'or start Ollama: ollama serve, and ollama pull a model named in litellm/config.yaml',
    'or name any OpenAI-compatible server: LITELLM_URL=http://HOST:PORT/v1',
    'or have a small model brought that runs inside Quorum: quorum models install',
  ]
}

/** A key goes to the server that it is for, and to no other. */
function standInFor(
  tier: Pick<TierModel, 'url' | 'apiKey'>,
  { url: named, apiKey, ...standIn }: NonNullable<NonNullable<Wishes['tiers']['fast']>['standIns']>[number],
): NonNullable<TierModel['standIns']>[number] {
  const url = named === undefined ? tier.url : baseUrl(named)
  const isThere = new URL(url).origin === new URL(tier.url).origin
  return { ...standIn, url, apiKey: apiKey ?? (isThere ? tier.apiKey : null) }
}

/** Many write `http://localhost:4000` and mean its `/v1`. */
export function baseUrl(url: string): string {
  const trimmed = url.replace(/\/+$/, '')
  return new URL(trimmed).pathname === '/' ? `${trimmed}/v1` : trimmed
}
