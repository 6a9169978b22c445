import { z } from 'zod'
import { get, post } from '../get.ts'
import { NOTHING_SAID, rootOf, WORD_MS, type Upstream, type Word, type Words } from './word.ts'

const Shown = z.object({
  capabilities: z.array(z.string()).nullish(),
  /** The Modelfile's PARAMETER lines. */
  parameters: z.string().nullish(),
  /** As the model file has it: `llama.block_count` and the like. */
  model_info: z.record(z.string(), z.unknown()).nullish().catch(null),
  /** Set when the model runs on somebody else's machine. */
  remote_host: z.string().nullish(),
})

/** `context_length` is what one request may have, however many it answers at once; `size` grows with both. */
const Running = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      digest: z.string().nullish(),
      size: z.number().nullish(),
      size_vram: z.number().nullish().catch(null),
      context_length: z.int().min(1).nullish().catch(null),
    }),
  ),
})
/** Of a model's file, which is what its weights take. */
const Installed = z.object({ models: z.array(z.object({ name: z.string(), size: z.number().nullish() })) })
type Running = z.infer<typeof Running>['models']

/**
 * https://docs.ollama.com/api-reference/show-model-details and https://docs.ollama.com/api/ps: it tells the window only of
 * what is loaded or has one of its own, and never how many requests it answers at once.
 */
export async function wordOfOllama(
  { url }: Upstream,
  models: readonly string[],
  signal: AbortSignal,
): Promise<Words> {
  const root = rootOf(url)
  const [ps, tags] = await Promise.all([
    get(`${root}/api/ps`, null, WORD_MS, signal),
    get(`${root}/api/tags`, null, WORD_MS, signal),
  ])
  const running = Running.safeParse(ps.json)
  const installed = Installed.safeParse(tags.json)
  const sizes = new Map(installed.data?.models.map(({ name, size }) => [name, size]))
  const loaded = running.success ? running.data.models : []
  const words = await Promise.all(
    models.map(async (model): Promise<[string, Word][]> => {
      const answer = await post(`${root}/api/show`, { model }, null, WORD_MS, signal)
      const shown = Shown.safeParse(answer.json)
      return shown.success
        ? [[model, { ...wordOf(model, shown.data, loaded), bytes: sizeAmong(sizes, model) }]]
        : []
    }),
  )
  return new Map(words.flat())
}

const sizeAmong = (sizes: ReadonlyMap<string, number | null | undefined>, model: string): number | null =>
  sizes.get(model) ?? sizes.get(`${model}:latest`) ?? null

function wordOf(model: string, shown: z.infer<typeof Shown>, loaded: Running): Word {
  const tools = shown.capabilities ? shown.capabilities.includes('tools') : null
  // forwarded to Ollama's cloud: what a user shows us goes there only when the configuration names it
  if (shown.remote_host || /[:-]cloud$/.test(model))
    return { ...NOTHING_SAID, sees: false, hears: false, tools, elsewhere: true }
  const now = loaded.find(({ name }) => name === model || name === `${model}:latest`)
  const own = /^num_ctx\s+(\d+)/m.exec(shown.parameters ?? '')?.[1]
  return {
    ...NOTHING_SAID,
    sees: shown.capabilities ? shown.capabilities.includes('vision') : null,
    hears: shown.capabilities ? shown.capabilities.includes('audio') : null,
    tools,
    window: now?.context_length ?? (own === undefined ? null : Number(own) || null),
    bytesPerToken: cacheOf(shown.model_info ?? {}),
    held: now?.size ?? null,
    onGraphics: now?.size_vram ?? null,
    loaded: now ? `${now.digest ?? ''} ${now.size ?? ''} ${now.context_length ?? ''}` : null,
  }
}

/** Keys and values of every layer, two bytes each: what one token takes as long as its context lives. */
function cacheOf(info: Readonly<Record<string, unknown>>): number | null {
  const number = (key: string): number | null => {
    const value = info[`${String(info['general.architecture'])}.${key}`]
    return typeof value === 'number' && value > 0 ? value : null
  }
  const layers = number('block_count')
  const heads = number('attention.head_count')
  const width = number('embedding_length')
  const keyWidth = number('attention.key_length') ?? (heads && width ? width / heads : null)
  const kept = number('attention.head_count_kv') ?? heads
  return layers && keyWidth && kept ? 2 * 2 * layers * kept * keyWidth : null
}
