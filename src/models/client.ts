import OpenAI from 'openai'
import { Agent, fetch as undiciFetch } from 'undici'
import type { Clock, ModelReply, ModelRequest, Models } from '../cascade/ports.ts'
import type { Capability } from '../core/capability.ts'
import { SwarmError } from '../core/errors.ts'
import type { EndpointPlace } from '../core/privacy/policy-name.ts'
import { TierName } from '../core/task.ts'
import { createSlots } from '../slots.ts'
import { createCapabilities, type Capabilities } from './finding/capabilities.ts'
import { BARE_GUARD, type Guard } from './leaving/guard.ts'
import { callAny, createHealthBook } from './endpoints.ts'
import { placeOf } from './leaving/place.ts'
import { withoutTools } from './dialect.ts'
import { readReply } from './reply.ts'
import { send } from './send.ts'
import { watchSilence } from './silence.ts'
import { warm } from './warm.ts'
import { countTokens, learnFrom, windowOf, within, type Counts } from './window.ts'

/** The model behind a tier. */
export type TierModel = {
  model: string
  /** Base URL, with its `/v1`. */
  url: string
  apiKey: string | null
  /** Calls at once. */
  slots: number
  /** Where it answers, if the configuration says so; else its address tells. */
  place?: EndpointPlace | undefined
  /** Does it call tools, if the configuration says so; else its server tells. */
  tools?: boolean | undefined
  /** Models of one line are called one after the other; without it each stands in its own. */
  line?: string
  /** Who takes over while it fails: the first of them that works. */
  standIns?: readonly Omit<TierModel, 'slots' | 'tools' | 'line' | 'standIns'>[]
}

export type ModelOptions = {
  tiers: Partial<Record<TierName, TierModel>>
  /** Longest silence of a running stream, in milliseconds. */
  idleTimeoutMs: number
  /** Longest wait for the first token, in milliseconds: a local model may have to be loaded first. */
  firstTokenTimeoutMs: number
  /** Tries before the first byte. */
  tries: number
  clock: Clock
  /** What is known of the servers; found out by itself where nobody shares it. */
  capabilities?: Capabilities
  /** What may go to the cloud; secrets are redacted where nobody gives one. */
  guard?: Guard
}

type Slots = ReturnType<typeof createSlots>

/** A tier's model, ready to be called. */
export type Endpoint = TierModel & {
  tier: TierName
  client: OpenAI
  ownSlots: Slots
  /** Of all the tiers that stand on this model; undefined when it is the only one. */
  sharedSlots: Slots | undefined
  capability: (signal: AbortSignal) => Promise<Capability>
  /** What its server counted of late; tiers on one model share it. */
  counts: Counts
  /** Of the ways to ask for a form (see dialect.ts), so many are left that the server has not refused. */
  waysLeft: Map<string, number>
}

/** Slots for who does not stand in line with the swarm's own calls. */
export type TierSlots = {
  /** A slot of a tier, where one is free at this moment; null where a caller would have to wait for it. */
  freeSlot(tier: TierName, signal: AbortSignal): Promise<Disposable> | null
}

/** Language models behind OpenAI-compatible servers. `close()` ends the connections. */
export function createModels(options: ModelOptions): Models & TierSlots & { close(): Promise<void> } {
  // undici gives up on headers and on a quiet body after 300 s; a local model may be loading for longer. Ours decide.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  const endpoints = openEndpoints(options, agent)
  const book = createHealthBook(options.clock)
  const endpointsOf = (tier: TierName): [Endpoint, ...Endpoint[]] => {
    const those = endpoints.get(tier)
    if (!those) throw new Error(`no model is configured for the tier ${tier}`)
    return those
  }
  const endpointOf = (tier: TierName): Endpoint => endpointsOf(tier)[0]
  /** Who would be asked at this moment. */
  const nextOf = (tier: TierName): Endpoint => book.order(endpointsOf(tier))[0] ?? endpointOf(tier)
  return {
    tiers: [...endpoints.keys()],
    modelOf: (tier) => endpointOf(tier).model,
    capabilityOf: (tier, signal) => endpointOf(tier).capability(signal),
    serversOf: (tier) =>
      endpointsOf(tier)
        .map(({ url }) => new URL(url).host)
        .join(' '),
    windowOf: (tier, signal) => windowOf(nextOf(tier), signal),
    countTokens: (tier, messages, signal) => countTokens(nextOf(tier), messages, signal),
    warm: (tier, messages, signal) => warm(nextOf(tier), messages, options, signal),
    call: (request, signal) =>
      callAny(
        endpointsOf(request.tier),
        (endpoint) => call(endpoint, request, options, signal),
        book,
        request,
        signal,
      ),
    freeSlot: (tier, signal) => freeSlot(endpointOf(tier), signal),
    close: () => agent.destroy(),
  }
}

async function* call(
  endpoint: Endpoint,
  request: ModelRequest,
  options: ModelOptions,
  signal: AbortSignal,
): AsyncGenerator<number, ModelReply, void> {
  const asked = await within(endpoint, request, signal)
  using held = new DisposableStack()
  held.use(await endpoint.ownSlots.take(signal, request.task))
  held.use(await endpoint.sharedSlots?.take(signal, request.task))
  using silence = watchSilence(`${endpoint.model} at ${endpoint.url}`)
  const limit = AbortSignal.any([signal, silence.signal])
  try {
    const { response, toolless } = await send(endpoint, asked, options, silence, limit)
    const reply = yield* readReply(response, endpoint, asked, options, silence)
    const sent = toolless === null ? asked : withoutTools(asked)
    const cut = await learnFrom(endpoint, sent, reply.usage, signal)
    return { ...reply, ...(toolless !== null && { toolless }), ...(cut && { cut }) }
  } catch (error) {
    // whatever an aborted request breaks with, the reason is what the abort said
    signal.throwIfAborted()
    silence.signal.throwIfAborted()
    throw error
  }
}

/** A slot for who would not wait for one. */
export function freeSlot(
  { ownSlots, sharedSlots }: Endpoint,
  signal: AbortSignal,
): Promise<Disposable> | null {
  if (ownSlots.free === 0 || sharedSlots?.free === 0) return null
  // both at once, so that nobody comes in between
  const taken = Promise.all([ownSlots.take(signal), sharedSlots?.take(signal)])
  return taken.then((slots) => {
    const held = new DisposableStack()
    for (const slot of slots) held.use(slot)
    return held
  })
}

function openEndpoints(
  { tiers, clock, capabilities = createCapabilities({ clock }), guard = BARE_GUARD }: ModelOptions,
  agent: Agent,
): Map<TierName, [Endpoint, ...Endpoint[]]> {
  const endpoints = new Map<TierName, [Endpoint, ...Endpoint[]]>()
  const shared = shareSlots(tiers)
  const counts = new Map<string, Counts>()
  const open = (model: TierModel, tier: TierName): Endpoint => {
    const key = identity(model)
    const seen = counts.get(key) ?? { latest: [] }
    counts.set(key, seen)
    return {
      ...model,
      tier,
      client: createClient(model, agent, guard),
      ownSlots: createSlots(model.slots),
      sharedSlots: shared.get(lineOf(model)),
      async capability(signal) {
        const capability = await capabilities.of(model, signal)
        return model.tools === undefined ? capability : { ...capability, tools: model.tools }
      },
      counts: seen,
      waysLeft: new Map(),
    }
  }
  for (const tier of TierName.options) {
    const model = tiers[tier]
    if (!model) continue
    endpoints.set(tier, [open(model, tier), ...standInsOf(model).map((standIn) => open(standIn, tier))])
  }
  if (endpoints.size === 0)
    throw new SwarmError('internal', 'no tier has a model: name one in the configuration')
  return endpoints
}

/** Tiers that stand on one model, or in one line, may together use no more of it than the widest of them alone. */
function shareSlots(tiers: ModelOptions['tiers']): Map<string, Slots> {
  const all = Object.values(tiers).flatMap((model) => [model, ...standInsOf(model)])
  const groups = Map.groupBy(all, lineOf)
  const shared = [...groups].filter(([, models]) => models.length > 1)
  return new Map(
    shared.map(([key, models]) => [key, createSlots(Math.max(...models.map((model) => model.slots)))]),
  )
}

/** They may be used as widely as the one they stand in for. What is meant to stay here never goes to the cloud for it. */
function standInsOf(tier: TierModel): TierModel[] {
  const { standIns = [], slots, line } = tier
  const away =
    placeOf(tier) === 'local' ? standIns.find((standIn) => placeOf(standIn) === 'cloud') : undefined
  if (away) {
    throw new SwarmError(
      'bad-request',
      `${away.model} at ${away.url} is in the cloud, and cannot stand in for ${tier.model}, which is not: make it the tier "cloud"`,
    )
  }
  return standIns.map((standIn) => ({ ...standIn, slots, ...(line !== undefined && { line }) }))
}

const identity = ({ url, model }: TierModel): string => `${url} ${model}`

const lineOf = (model: TierModel): string => model.line ?? identity(model)

function createClient(model: TierModel, agent: Agent, guard: Guard): OpenAI {
  const { url, apiKey } = model
  return new OpenAI({
    baseURL: url,
    // the SDK insists on a key; without one of ours no header is sent
    apiKey: apiKey ?? 'none',
    ...(apiKey === null ? { defaultHeaders: { authorization: null } } : {}),
    // otherwise the SDK takes these from the user's environment and shows them to any upstream
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    // how long silence may last is decided in silence.ts; this is the longest setTimeout there is
    timeout: 2 ** 31 - 1,
    fetch: guarded(fetchThrough(agent), guard, model),
  })
}

/** The last thing that happens before a request leaves, whichever way it came. */
function guarded(fetchIt: typeof fetch, guard: Guard, to: TierModel): typeof fetch {
  return async (input, init) => {
    const { body } = init ?? {}
    if (typeof body !== 'string') throw new Error('a request to a model is expected to be JSON in a string')
    return fetchIt(input, { ...init, body: await textOf(guard, body, to) })
  }
}

async function textOf(guard: Guard, body: string, to: TierModel): Promise<string> {
  const passed = await guard.pass({ contentType: 'application/json', body }, to)
  return typeof passed === 'string' ? passed : new TextDecoder().decode(passed)
}

/** undici's own fetch, because its Agent need not fit the older copy of undici inside Node. */
function fetchThrough(dispatcher: Agent): typeof fetch {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same standard, declared twice
  const fetchIt = undiciFetch as unknown as (input: unknown, init: object) => Promise<Response>
  return (input, init) => fetchIt(input, { ...init, dispatcher })
}
