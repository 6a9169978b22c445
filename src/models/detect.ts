import { totalmem } from 'node:os'
import { z } from 'zod'
import type { FileConfig } from '../config.ts'
import type { TierName } from '../core/task.ts'
import type { Cast } from './cast.ts'
import type { TierModel } from './client.ts'
import { get } from './get.ts'
import type { Answer } from './get.ts'
import { castAliases, castFound } from './roles.ts'

export type Found = {
  kind: 'litellm' | 'ollama' | 'openai'
  url: string
  models: string[]
  latencyMs: number
}
/** `answers`: something is there, but it cannot be used. */
export type Missing = { kind: 'none'; url: string; reason: string; answers: boolean }

export type RoleAssignment = {
  tiers: Partial<Record<TierName, TierModel>>
  /** Lines for a human: which model took which role and why, and what to do about what is missing. */
  notes: string[]
  found: Found | null
}

type Wishes = {
  upstream: FileConfig['upstream']
  tiers: FileConfig['tiers']
  litellmUrl: string | null
  litellmApiKey: string | null
}

const LITELLM_URL = 'http://localhost:4000/v1'
/** What compose.yaml sets where nobody chose a key. */
const LITELLM_KEY = 'dev-key'
const OLLAMA_URL = 'http://127.0.0.1:11434'
const SLOTS = { fast: 4, deep: 1, reviewer: 2, cloud: 2 } as const satisfies Record<TierName, number>
const PROBE_MS = 1_000
const SLOW_MS = 5_000
/** Of the machine's memory, what models may take: the rest is for contexts, editors and builds. */
const SHARE_FOR_MODELS = 0.6

/**
 * Finds out which upstream there is and which of its models takes which role. What the configuration says is done;
 * LiteLLM's aliases come next, then the models of an Ollama. Never calls a model.
 */
export async function detectTiers(
  config: Wishes,
  options: { ollamaUrl?: string; memoryBytes?: number },
  signal: AbortSignal,
): Promise<RoleAssignment> {
  const url = baseUrl(config.upstream.url ?? config.litellmUrl ?? LITELLM_URL)
  const apiKey = config.upstream.apiKey ?? config.litellmApiKey ?? (url === LITELLM_URL ? LITELLM_KEY : null)
  const room = (options.memoryBytes ?? totalmem()) * SHARE_FOR_MODELS
  const upstream = await probeUpstream(url, apiKey, signal)
  if (upstream.kind !== 'none') return assign(config, upstream, apiKey, room, signal)

  // a server that is there but refuses us is to be mended, not walked around; so is one the user named
  const isFixed = upstream.answers || config.upstream.url !== undefined
  const ollama = isFixed ? null : await probeUpstream(baseUrl(options.ollamaUrl ?? OLLAMA_URL), null, signal)
  if (ollama === null || ollama.kind === 'none') {
    const tiers = tiersOf(config, castAliases(''), { url, apiKey })
    return {
      tiers,
      found: null,
      notes: [upstream.reason, ...(ollama ? [ollama.reason] : []), ...mend(upstream)],
    }
  }
  const { tiers, notes, found } = await assign(config, ollama, null, room, signal)
  return { tiers, found, notes: [`${upstream.reason}; using ${ollama.url} instead`, ...notes] }
}

/** What is at this base URL? Asks for its models and for what identifies it. */
export async function probeUpstream(
  url: string,
  apiKey: string | null,
  signal: AbortSignal,
): Promise<Found | Missing> {
  const root = url.replace(/\/v1$/, '')
  const [first, alive, version] = await Promise.all([
    get(`${url}/models`, apiKey, PROBE_MS, signal),
    // LiteLLM's /health would call every model it has; this one only says that the process is up
    get(`${root}/health/liveliness`, null, PROBE_MS, signal),
    get(`${root}/api/version`, null, PROBE_MS, signal),
  ])
  const kind = alive.text.includes("I'm alive") ? 'litellm' : isOllama(version) ? 'ollama' : 'openai'
  // one that is just starting up is there, and slow
  const isSlow = first.status === null && kind !== 'openai'
  const models = isSlow ? await get(`${url}/models`, apiKey, SLOW_MS, signal) : first
  const list = ModelList.safeParse(models.json)
  if (models.status !== 200 || !list.success) return missing(url, models, kind)
  return { kind, url, models: (list.data.data ?? []).map(({ id }) => id), latencyMs: models.ms }
}

const ModelList = z.object({ data: z.array(z.object({ id: z.string() })).nullable() })

const isOllama = ({ json }: Answer): boolean => z.object({ version: z.string() }).safeParse(json).success

function missing(url: string, { status, text }: Answer, kind: Found['kind']): Missing {
  const answers = status !== null || kind !== 'openai'
  if (status === null) return { kind: 'none', url, reason: `nothing answers at ${url}: ${text}`, answers }
  // LiteLLM without a database answers a wrong key with 400, and a missing one with 500
  const isRefusal = status === 401 || status === 403 || kind === 'litellm'
  const reason = isRefusal
    ? `${url} refuses the key (${status}): set LITELLM_API_KEY, or upstream.apiKey in the configuration`
    : `${url}/models answers ${status} and no list of models: is ${url} the base URL?`
  return { kind: 'none', url, reason, answers }
}

async function assign(
  config: Wishes,
  found: Found,
  apiKey: string | null,
  room: number,
  signal: AbortSignal,
): Promise<RoleAssignment> {
  const { cast, notes } = await castFound(found, room, signal)
  const tiers = tiersOf(config, cast, { url: found.url, apiKey })
  const parts = TIERS.flatMap((tier) => {
    const model = tiers[tier]?.model
    return model === undefined ? [] : [`${model} takes ${tier}: ${whyOf(tier, config, cast, found)}`]
  })
  return { tiers, found, notes: [...parts, ...notes] }
}

const TIERS = ['fast', 'deep', 'reviewer', 'cloud'] as const

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
  for (const tier of TIERS) {
    const wish = config.tiers[tier]
    const model = wish?.model ?? (tier === 'cloud' ? undefined : cast[tier].model)
    if (model === undefined) continue
    const url = wish?.url === undefined ? general.url : baseUrl(wish.url)
    // the general key is for the general server; another one must not get to see it
    const ownKey = new URL(url).origin === new URL(general.url).origin ? general.apiKey : null
    tiers[tier] = { model, url, apiKey: wish?.apiKey ?? ownKey, slots: wish?.slots ?? SLOTS[tier] }
  }
  return tiers
}

function mend({ answers }: Missing): string[] {
  if (answers) return []
  return [
    'start LiteLLM: docker compose up -d --wait (litellm/config.yaml names its models)',
    'or start Ollama: ollama serve, and ollama pull a model named in litellm/config.yaml',
    'or name any OpenAI-compatible server: LITELLM_URL=http://HOST:PORT/v1',
  ]
}

/** Many write `http://localhost:4000` and mean its `/v1`. */
export function baseUrl(url: string): string {
  const trimmed = url.replace(/\/+$/, '')
  return new URL(trimmed).pathname === '/' ? `${trimmed}/v1` : trimmed
}
