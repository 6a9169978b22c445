import { z } from 'zod'
import { get } from '../get.ts'
import { NOTHING_SAID, rootOf, WORD_MS, type Upstream, type Words } from './word.ts'

export const LlamaCppProps = z.object({
  total_slots: z.int().min(1).nullish().catch(null),
  build_info: z.string().nullish(),
  model_path: z.string().nullish(),
  default_generation_settings: z
    .object({ n_ctx: z.int().min(1).nullish().catch(null) })
    .nullish()
    .catch(null),
  modalities: z.object({ vision: z.boolean().nullish(), audio: z.boolean().nullish() }).nullish().catch(null),
  /** What the model's own template knows; of any other model the server makes its calls from JSON. */
  chat_template_caps: z
    .object({ supports_tools: z.boolean().nullish(), supports_tool_calls: z.boolean().nullish() })
    .nullish()
    .catch(null),
})

/** https://github.com/ggml-org/llama.cpp/tree/master/tools/server: one server, one model. Its n_ctx is that of one slot. */
export async function wordOfLlamaCpp(
  { url, apiKey }: Upstream,
  models: readonly string[],
  signal: AbortSignal,
): Promise<Words> {
  const [{ json }, list] = await Promise.all([
    get(`${rootOf(url)}/props`, apiKey, WORD_MS, signal),
    get(`${url}/models`, apiKey, WORD_MS, signal),
  ])
  const props = LlamaCppProps.safeParse(json)
  if (!props.success) return new Map()
  const { total_slots: slots, default_generation_settings: settings, modalities } = props.data
  const caps = props.data.chat_template_caps
  // some page or other, that is JSON and of somebody else
  if (slots == null && modalities == null) return new Map()
  const word = {
    ...NOTHING_SAID,
    sees: modalities?.vision ?? null,
    tools: caps ? caps.supports_tools === true && caps.supports_tool_calls === true : null,
    window: settings?.n_ctx ?? null,
    slots: slots ?? null,
    loaded: props.data.model_path ?? null,
  }
  const sizes = sizesIn(list.json)
  return new Map(
    models.map((model) => {
      const bytes = sizes.get(model) ?? null
      // it is loaded, with its weights at least
      return [model, { ...word, bytes, held: bytes }]
    }),
  )
}

/** Its weights, in bytes. */
const Sizes = z.object({
  data: z.array(
    z.object({ id: z.string(), meta: z.object({ size: z.number().nullish() }).nullish().catch(null) }),
  ),
})

function sizesIn(json: unknown): Map<string, number | null | undefined> {
  const list = Sizes.safeParse(json)
  return new Map(list.data?.data.map(({ id, meta }) => [id, meta?.size]))
}
