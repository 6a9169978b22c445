import type { Capability } from '../../core/capability.ts'
import type { Answer } from './get.ts'
import { readAgain, identify, type Identity } from './identify.ts'

/** An upstream that answers. */
export type Found = {
  kind: Capability['server']
  url: string
  models: string[]
  latencyMs: number
}
/** `answers`: something is there, but it cannot be used. */
export type Missing = { kind: 'none'; url: string; reason: string; answers: boolean }

/** Where model servers listen on this machine, unless they are told otherwise; the first that is there is used. */
export const PLACES: readonly string[] = [11434, 9931, 8080, 8000, 8001, 8002, 8003, 8004, 30_000, 1234].map(
  (port) => `http://127.0.0.1:${port}/v1`,
)

/** What is at this base URL? Asks for its models and for what identifies it. */
export async function probeUpstream(
  url: string,
  apiKey: string | null,
  signal: AbortSignal,
): Promise<Found | Missing> {
  const first = await identify({ url, apiKey }, signal)
  // one that is just starting up is there, and slow
  const { status, text } = first.listing
  const isSlow = status === null && (first.server !== 'openai' || /timeout/i.test(text))
  const { server, listing, models } = isSlow ? await readAgain({ url, apiKey }, first, signal) : first
  if (models === null) return missing(url, listing, server)
  return { kind: server, url, models: models.map(({ id }) => id), latencyMs: listing.ms }
}

/** The runtimes at these places, asked all at once, in the order of the places. */
export async function findRuntimes(places: readonly string[], signal: AbortSignal): Promise<Found[]> {
  const asked = await Promise.all(
    places.map(async (url) => ({ url, identity: await identify({ url, apiKey: null }, signal) })),
  )
  return asked.flatMap(({ url, identity }) => {
    const { server, listing, models } = identity
    if (models === null || !isRuntime(identity)) return []
    return [{ kind: server, url, models: models.map(({ id }) => id), latencyMs: listing.ms }]
  })
}

/** A list of models alone proves nothing: other services have one at the same ports, and so have we. */
const isRuntime = ({ server, models }: Identity): boolean =>
  server !== 'openai' && models?.some(({ ownedBy }) => ownedBy === 'quorum') !== true

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

/** What people call them. */
export const NAMES: Record<Found['kind'], string> = {
  litellm: 'LiteLLM',
  ollama: 'Ollama',
  llamacpp: 'llama.cpp',
  vllm: 'vLLM',
  sglang: 'SGLang',
  lmstudio: 'LM Studio',
  mlx: 'MLX',
  openai: 'OpenAI-compatible',
}
