import { z } from 'zod'
import { get } from '../get.ts'
import { NOTHING_SAID, rootOf, WORD_MS, type Upstream, type Words } from './word.ts'

const Info = z.object({
  data: z.array(
    z.object({
      model_name: z.string(),
      litellm_params: z.object({ model: z.string().nullish() }).nullish(),
      model_info: z
        .object({
          supports_vision: z.boolean().nullish(),
          supports_function_calling: z.boolean().nullish().catch(null),
          mode: z.string().nullish(),
          max_input_tokens: z.int().min(1).nullish().catch(null),
        })
        .nullish(),
    }),
  ),
})

/**
 * https://docs.litellm.ai/docs/completion/vision and …/function_call. It tells what an alias stands for, too. Of a model it does not know it
 * says "no" or nothing, so only a "yes" is a word.
 */
export async function wordOfLiteLlm({ url, apiKey }: Upstream, signal: AbortSignal): Promise<Words> {
  const { json } = await get(`${rootOf(url)}/model/info`, apiKey, WORD_MS, signal)
  const info = Info.safeParse(json)
  if (!info.success) return new Map()
  return new Map(
    info.data.data.map(({ model_name: name, model_info: facts, litellm_params: params }) => [
      name,
      {
        ...NOTHING_SAID,
        sees: facts?.supports_vision === true ? true : null,
        hears: facts?.mode === 'audio_transcription',
        tools: facts?.supports_function_calling === true ? true : null,
        window: facts?.max_input_tokens ?? null,
        alias: params?.model ?? name,
      },
    ]),
  )
}
