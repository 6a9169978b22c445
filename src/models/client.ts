import OpenAI from 'openai'
import { Agent, fetch as undiciFetch } from 'undici'
import type { Clock, ModelReply, ModelRequest, Models } from '../cascade/ports.ts'
import { SwarmError } from '../core/errors.ts'
import { TierName } from '../core/task.ts'
import { createSlots } from '../slots.ts'
import type { Server } from './choices.ts'
import { readReply } from './reply.ts'
import { send } from './send.ts'
import { watchSilence } from './silence.ts'

/** The model behind a tier. */
export type TierModel = {
  model: string
  /** Base URL, with its `/v1`. */
  url: string
  apiKey: string | null
  /** Calls at once. */
  slots: number
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
}

type Slots = ReturnType<typeof createSlots>

/** A tier's model, ready to be called. */
export type Endpoint = TierModel & {
  tier: TierName
  client: OpenAI
  ownSlots: Slots
  /** Of all the tiers that stand on this model; undefined when it is the only one. */
  sharedSlots: Slots | undefined
  /** Turns false for good when the server refuses `response_format`. */
  takesJson: boolean
  /** Turns false for good when the server refuses what is sent with a request's choices. */
  takesChoices: boolean
  /** Which server it is; null until somebody had to know. */
  server: Server | null
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
  const endpoints = openEndpoints(options.tiers, agent)
  const endpointOf = (tier: TierName): Endpoint => {
    const endpoint = endpoints.get(tier)
    if (!endpoint) throw new Error(`no model is configured for the tier ${tier}`)
    return endpoint
  }
  return {
    tiers: [...endpoints.keys()],
    modelOf: (tier) => endpointOf(tier).model,
    call: (request, signal) => call(endpointOf(request.tier), request, options, signal),
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
  using held = new DisposableStack()
  held.use(await endpoint.ownSlots.take(signal))
  held.use(await endpoint.sharedSlots?.take(signal))
  using silence = watchSilence(`${endpoint.model} at ${endpoint.url}`)
  const limit = AbortSignal.any([signal, silence.signal])
  try {
    const response = await send(endpoint, request, options, silence, limit)
    return yield* readReply(response, endpoint, request, options, silence)
  } catch (error) {
    // whatever an aborted request breaks with, the reason is what the abort said
    signal.throwIfAborted()
    silence.signal.throwIfAborted()
    throw error
  }
}

function freeSlot({ ownSlots, sharedSlots }: Endpoint, signal: AbortSignal): Promise<Disposable> | null {
  if (ownSlots.free === 0 || sharedSlots?.free === 0) return null
  // both at once, so that nobody comes in between
  const taken = Promise.all([ownSlots.take(signal), sharedSlots?.take(signal)])
  return taken.then((slots) => {
    const held = new DisposableStack()
    for (const slot of slots) held.use(slot)
    return held
  })
}

function openEndpoints(tiers: ModelOptions['tiers'], agent: Agent): Map<TierName, Endpoint> {
  const endpoints = new Map<TierName, Endpoint>()
  const shared = shareSlots(tiers)
  for (const tier of TierName.options) {
    const model = tiers[tier]
    if (!model) continue
    endpoints.set(tier, {
      ...model,
      tier,
      client: createClient(model, agent),
      ownSlots: createSlots(model.slots),
      sharedSlots: shared.get(identity(model)),
      takesJson: true,
      takesChoices: true,
      server: null,
    })
  }
  if (endpoints.size === 0)
    throw new SwarmError('internal', 'no tier has a model: name one in the configuration')
  return endpoints
}

/** Tiers that stand on one model may together use no more of it than the widest of them alone. */
function shareSlots(tiers: ModelOptions['tiers']): Map<string, Slots> {
  const groups = Map.groupBy(Object.values(tiers), identity)
  const shared = [...groups].filter(([, models]) => models.length > 1)
  return new Map(
    shared.map(([key, models]) => [key, createSlots(Math.max(...models.map((model) => model.slots)))]),
  )
}

const identity = ({ url, model }: TierModel): string => `${url} ${model}`

function createClient({ url, apiKey }: TierModel, agent: Agent): OpenAI {
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
    fetch: fetchThrough(agent),
  })
}

/** undici's own fetch, because its Agent need not fit the older copy of undici inside Node. */
function fetchThrough(dispatcher: Agent): typeof fetch {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same standard, declared twice
  const fetchIt = undiciFetch as unknown as (input: unknown, init: object) => Promise<Response>
  return (input, init) => fetchIt(input, { ...init, dispatcher })
}
