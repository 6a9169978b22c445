import { z } from 'zod'

const Alternative = z.object({ token: z.string(), logprob: z.number() })

/** The few fields of a completion chunk we believe in. Servers leave out or null anything. */
const RawChunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            /** llama.cpp, LiteLLM, DeepSeek … */
            reasoning_content: z.string().nullish(),
            /** Ollama, vLLM; some send both, with the same text. */
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
              .nullish()
              // who was offered no tool does not lose its reply to a field of another shape
              .catch(null),
          })
          .nullish(),
        /** Older servers have another shape here; that is no reason to refuse their text. */
        logprobs: z
          .object({
            content: z.array(z.object({ top_logprobs: z.array(Alternative).nullish() })).nullish(),
          })
          .nullish()
          .catch(null),
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

/** The upstream's own count of a call's tokens. */
export type RawUsage = NonNullable<z.infer<typeof RawChunk>['usage']>

/** One piece of a reply. */
export type Chunk = {
  text: string
  reasoning: string
  /** Bits of calls. */
  calls: { index: number; id: string; name: string; text: string }[]
  /** What might have stood in place of its first token, where the upstream tells. */
  alternatives: z.infer<typeof Alternative>[] | null
  finishReason: string | null
  usage: RawUsage | null
  /** What the upstream complains about in the middle of a stream; null when it does not. */
  error: unknown
}

/** Reads the data of one event; throws when it is no completion chunk. */
export function readChunk(data: string): Chunk {
  const { choices, usage, error } = RawChunk.parse(JSON.parse(data))
  const choice = choices?.[0]
  return {
    text: choice?.delta?.content ?? '',
    reasoning: choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? '',
    calls: (choice?.delta?.tool_calls ?? []).map((call, at) => ({
      index: call.index ?? at,
      id: call.id ?? '',
      name: call.function?.name ?? '',
      text: call.function?.arguments ?? '',
    })),
    alternatives: choice?.logprobs?.content?.[0]?.top_logprobs ?? null,
    finishReason: choice?.finish_reason || null,
    usage: usage ?? null,
    error: error ?? null,
  }
}
