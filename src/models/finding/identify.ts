import { z } from 'zod'
import type { Capability } from '../../core/capability.ts'
import { get, type Answer } from './get.ts'
import { LlamaCppProps } from './words/llamacpp.ts'
import { LmStudioModels } from './words/lmstudio.ts'
import { rootOf, type Upstream } from './words/word.ts'

/** A model as a server lists it. */
export type ListedModel = {
  readonly id: string
  readonly ownedBy: string | null
  readonly window: number | null
}

/** What is at a base URL, by what it says of itself. */
export type Identity = {
  readonly server: Capability['server']
  readonly version: string | null
  /** How the question for its models was answered. */
  readonly listing: Answer
  /** Null when no list came. */
  readonly models: readonly ListedModel[] | null
}

const ASK_MS = 1_000
const SLOW_MS = 5_000

/** Asks a server who it is, and calls no model. LiteLLM's /health would call every one it has. */
export async function identify(upstream: Upstream, signal: AbortSignal): Promise<Identity> {
  const { url, apiKey } = upstream
  const root = rootOf(url)
  const [listing, alive, version] = await Promise.all([
    get(`${url}/models`, apiKey, ASK_MS, signal),
    get(`${root}/health/liveliness`, null, ASK_MS, signal),
    get(`${root}/api/version`, null, ASK_MS, signal),
  ])
  const models = readListing(listing)
  if (alive.text.includes("I'm alive")) return { server: 'litellm', version: null, listing, models }
  const owner = OWNERS.find((server) => models?.some(({ ownedBy }) => ownedBy === server))
  if (owner) return { server: owner, version: null, listing, models }
  const ollama = OllamaVersion.safeParse(version.json)
  if (ollama.success) return { server: 'ollama', version: ollama.data.version, listing, models }
  if (listing.status === null) return { server: 'openai', version: null, listing, models }
  return { ...(await identifyFurther(upstream, models, signal)), listing, models }
}

/** Those that neither sign their list of models nor have a route of their own for it; a llama-server tells its version. */
async function identifyFurther(
  { url, apiKey }: Upstream,
  models: Identity['models'],
  signal: AbortSignal,
): Promise<Pick<Identity, 'server' | 'version'>> {
  const root = rootOf(url)
  const [props, studio] = await Promise.all([
    get(`${root}/props`, apiKey, ASK_MS, signal),
    get(`${root}/api/v1/models`, apiKey, ASK_MS, signal),
  ])
  const llamaCpp = LlamaCppProps.safeParse(props.json)
  const isLlamaCpp = models?.some(({ ownedBy }) => ownedBy === 'llamacpp') === true
  if (isLlamaCpp || (llamaCpp.success && typeof llamaCpp.data.total_slots === 'number'))
    return { server: 'llamacpp', version: llamaCpp.data?.build_info ?? null }
  if (LmStudioModels.safeParse(studio.json).success) return { server: 'lmstudio', version: null }
  return { server: isMlx(url, models) ? 'mlx' : 'openai', version: null }
}

/** The list of models once more, of a server that is there and took too long. */
export async function readAgain(
  { url, apiKey }: Upstream,
  identity: Identity,
  signal: AbortSignal,
): Promise<Identity> {
  const listing = await get(`${url}/models`, apiKey, SLOW_MS, signal)
  return { ...identity, listing, models: readListing(listing) }
}

/** As they write it into their lists of models. */
const OWNERS = ['vllm', 'sglang'] as const

const OllamaVersion = z.object({ version: z.string() })

/** It says nothing of itself: a list without owners, at its own port. */
const isMlx = (url: string, models: readonly ListedModel[] | null): boolean =>
  new URL(url).port === '8080' &&
  models !== null &&
  models.length > 0 &&
  models.every(({ ownedBy }) => ownedBy === null)

const Listing = z.object({
  data: z
    .array(
      z.object({
        id: z.string(),
        owned_by: z.string().nullish().catch(null),
        /** vLLM's and SGLang's window. */
        max_model_len: z.int().min(1).nullish().catch(null),
      }),
    )
    .nullable(),
})

/** The models of a list; null when it is none. */
function readListing({ status, json }: Answer): ListedModel[] | null {
  const list = Listing.safeParse(json)
  if (status !== 200 || !list.success) return null
  return (list.data.data ?? []).map(({ id, owned_by: ownedBy, max_model_len: window }) => ({
    id,
    ownedBy: ownedBy ?? null,
    window: window ?? null,
  }))
}
