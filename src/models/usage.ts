import type { Message } from '../cascade/ports.ts'
import { estimateTokens } from '../core/tokens.ts'
import type { Usage } from '../core/task.ts'
import type { RawUsage } from './chunk.ts'

type Spoken = { messages: readonly Message[]; textCharacters: number; reasoningCharacters: number }

/** What a call cost: as the upstream counted, and where it did not, by the length of the text. */
export function countUsage(counted: RawUsage | null, spoken: Spoken): Usage {
  const { messages, textCharacters, reasoningCharacters } = spoken
  const prompt = counted?.prompt_tokens
  const completion = counted?.completion_tokens
  // no reasoning was seen: then none of the tokens can have been one
  const reasoning =
    counted?.completion_tokens_details?.reasoning_tokens ?? (reasoningCharacters === 0 ? 0 : undefined)
  const cached = counted?.prompt_tokens_details?.cached_tokens
  return {
    promptTokens: prompt ?? estimateTokens(messages.reduce((sum, { content }) => sum + content.length, 0)),
    completionTokens: completion ?? estimateTokens(textCharacters + reasoningCharacters),
    reasoningTokens: reasoning ?? Math.min(estimateTokens(reasoningCharacters), completion ?? Infinity),
    ...(typeof cached === 'number' ? { cachedTokens: cached } : {}),
    estimated: [prompt, completion, reasoning].some((count) => typeof count !== 'number'),
  }
}
