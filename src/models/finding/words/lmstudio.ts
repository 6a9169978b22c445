import { z } from 'zod'
import { get } from '../get.ts'
import { NOTHING_SAID, rootOf, WORD_MS, type Upstream, type Word, type Words } from './word.ts'

const Instance = z.object({
  id: z.string(),
  config: z
    .object({
      context_length: z.int().min(1).nullish().catch(null),
      parallel: z.int().min(1).nullish().catch(null),
    })
    .nullish(),
})
export const LmStudioModels = z.object({
  models: z.array(
    z.object({
      key: z.string(),
      loaded_instances: z.array(Instance),
      capabilities: z
        .object({ vision: z.boolean().nullish(), trained_for_tool_use: z.boolean().nullish() })
        .nullish()
        .catch(null),
    }),
  ),
})
type Model = z.infer<typeof LmStudioModels>['models'][number]

/** https://lmstudio.ai/docs/developer/rest/list: what is loaded tells its window and how many requests it takes. */
export async function wordOfLmStudio({ url, apiKey }: Upstream, signal: AbortSignal): Promise<Words> {
  const { json } = await get(`${rootOf(url)}/api/v1/models`, apiKey, WORD_MS, signal)
  const list = LmStudioModels.safeParse(json)
  if (!list.success) return new Map()
  return new Map(
    list.data.models.flatMap((model) =>
      // a request may name the model, or one of its instances
      [model.key, ...model.loaded_instances.map(({ id }) => id)].map((name) => [name, wordOf(name, model)]),
    ),
  )
}

function wordOf(name: string, { loaded_instances: instances, capabilities }: Model): Word {
  const instance = instances.find(({ id }) => id === name) ?? instances[0]
  return {
    ...NOTHING_SAID,
    sees: capabilities?.vision ?? null,
    tools: capabilities?.trained_for_tool_use ?? null,
    window: instance?.config?.context_length ?? null,
    slots: instance?.config?.parallel ?? null,
    loaded: instance?.id ?? null,
  }
}
