import { z } from 'zod'
import type { TierName } from '../core/task.ts'
import { isEmbedding } from './finding/cast.ts'
import type { ModelOptions, TierModel } from './client.ts'
import { get } from './finding/get.ts'

/** A model that an upstream lists. */
export type Listed = {
  readonly id: string
  /** Unix seconds; null where nobody says. */
  readonly created: number | null
  readonly ownedBy: string | null
  /** A tier whose upstream lists it. */
  readonly tier: TierName
  /** What it seems to be good for. */
  readonly makes: 'text' | 'embeddings' | 'transcriptions'
}

/** The models the upstreams list, asked for at most so often as it takes to notice a new one. */
export type Catalogue = {
  all(): Promise<readonly Listed[]>
  /** Null when no upstream lists it, also when asked anew. */
  find(id: string): Promise<Listed | null>
}

type Upstream = { readonly tier: TierName; readonly model: TierModel; known: readonly Listed[] }

/** A list this old is good enough to be shown. */
const FRESH_MS = 10_000
/** And one this old to say that a name is not in it. */
const FRESH_FOR_MISSES_MS = 1_000
const PROBE_MS = 3_000

/**
 * Asks every upstream but the cloud's, which is left alone until a task escalates to it. One that does not answer keeps
 * the models it listed before: whoever names one of them hears that it is down, not that there is no such model.
 */
export function createCatalogue({ tiers, clock }: Pick<ModelOptions, 'tiers' | 'clock'>): Catalogue {
  const upstreams = upstreamsOf(tiers)
  let asked: { at: number; list: Promise<readonly Listed[]> } | null = null

  const listed = (freshMs: number): Promise<readonly Listed[]> => {
    if (asked === null || clock.now() - asked.at >= freshMs) asked = { at: clock.now(), list: ask(upstreams) }
    return asked.list
  }
  const findIn = (id: string, list: readonly Listed[]): Listed | null =>
    list.find((model) => model.id === id) ?? null
  return {
    all: () => listed(FRESH_MS),
    async find(id) {
      return findIn(id, await listed(FRESH_MS)) ?? findIn(id, await listed(FRESH_FOR_MISSES_MS))
    },
  }
}

function upstreamsOf(tiers: ModelOptions['tiers']): Upstream[] {
  const upstreams = new Map<string, Upstream>()
  for (const tier of ['fast', 'deep', 'reviewer'] as const) {
    const model = tiers[tier]
    if (model && !upstreams.has(model.url)) upstreams.set(model.url, { tier, model, known: [] })
  }
  return [...upstreams.values()]
}

/** A name that two upstreams list is the first one's. */
async function ask(upstreams: readonly Upstream[]): Promise<readonly Listed[]> {
  await Promise.all(upstreams.map(askOne))
  const models = new Map<string, Listed>()
  for (const { known } of upstreams) {
    for (const model of known) if (!models.has(model.id)) models.set(model.id, model)
  }
  return [...models.values()]
}

/** On a signal of its own: the caller who asked first must not take the answer from the others when he leaves. */
async function askOne(upstream: Upstream): Promise<void> {
  const { url, apiKey } = upstream.model
  const { status, json } = await get(`${url}/models`, apiKey, PROBE_MS, new AbortController().signal)
  const list = ModelList.safeParse(json)
  if (status !== 200 || !list.success) return
  upstream.known = (list.data.data ?? []).map(({ id, created, owned_by: ownedBy }) => ({
    id,
    created: created ?? null,
    ownedBy: ownedBy ?? null,
    tier: upstream.tier,
    makes: purposeOf(id),
  }))
}

const ModelList = z.object({
  data: z
    .array(z.object({ id: z.string(), created: z.int().nullish(), owned_by: z.string().nullish() }))
    .nullable(),
})

/** Read from the name, as most servers say nothing else. */
function purposeOf(id: string): Listed['makes'] {
  if (/whisper|transcri|parakeet|canary|voxtral|moonshine/i.test(id)) return 'transcriptions'
  return isEmbedding(id) && !/rerank/i.test(id) ? 'embeddings' : 'text'
}
