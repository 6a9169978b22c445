import { z } from 'zod'
import { jsonOrNull } from '../../core/json.ts'

/** The few fields of a chat chunk we believe in. Servers leave out or null anything. */
const RawChunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            /** Some send both, with the same text. */
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
            tool_calls: z
              .array(
                z.object({
                  index: z.number().nullish(),
                  id: z.string().nullish(),
                  function: z
                    .object({ name: z.string().nullish(), arguments: z.string().nullish() })
                    .nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: z.number().nullish(),
      completion_tokens: z.number().nullish(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
  error: z.unknown().optional(),
})
export type ChatUsage = NonNullable<z.infer<typeof RawChunk>['usage']>

/** A bit of a tool call, as an upstream tells it. */
export type CallDelta = { index: number; id: string; name: string; text: string }
export type ChatChunk = {
  text: string
  thought: string
  calls: CallDelta[]
  finishReason: string | null
  usage: ChatUsage | null
  /** What the upstream complains about in the middle of a stream; null when it does not. */
  error: unknown
}

/** Reads the data of one event; null when it is no chat chunk. */
export function readChatChunk(data: string): ChatChunk | null {
  const read = RawChunk.safeParse(jsonOrNull(data))
  if (!read.success) return null
  const { choices, usage, error } = read.data
  const { delta, finish_reason: finishReason } = choices?.[0] ?? {}
  return {
    text: delta?.content || delta?.refusal || '',
    thought: delta?.reasoning_content || delta?.reasoning || '',
    calls: (delta?.tool_calls ?? []).map((call) => ({
      index: call.index ?? 0,
      id: call.id ?? '',
      name: call.function?.name ?? '',
      text: call.function?.arguments ?? '',
    })),
    finishReason: finishReason || null,
    usage: usage ?? null,
    error: error ?? null,
  }
}
