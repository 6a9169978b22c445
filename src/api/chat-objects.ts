import type { Counted } from '../core/counted.ts'
import type { ToolCall } from './presentation.ts'
import { data, pieces } from './sse.ts'

/** Who speaks: the same in all of an answer's objects; `created` in seconds since the epoch. */
export type Speaker = { readonly id: string; readonly created: number; readonly model: string }

/** One kind of field in each: some clients keep only one of them. */
export type Delta =
  | { readonly role: 'assistant'; readonly content: '' }
  | { readonly content: string }
  | { readonly reasoning_content: string }
  | { readonly tool_calls: readonly [object] }
  | Record<string, never>

/** Why an answer of ours ends: with its last word, or with calls for the client to make. */
export type FinishReason = 'stop' | 'tool_calls'

export const finishReasonOf = (calls: readonly ToolCall[]): FinishReason =>
  calls.length === 0 ? 'stop' : 'tool_calls'

/** One chunk of an answer. An empty delta says nothing and counts as a sign of life wherever comments do not. */
export const chunk = (speaker: Speaker, delta: Delta, finishReason: FinishReason | null = null): string =>
  data({
    ...head(speaker, CHUNK),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    // real usage stands only on the last chunk: some clients hold back the text of any other that has it
    usage: null,
  })

/** A chunk without a choice: what it took, or something for one client alone. */
export const chunkBeside = (speaker: Speaker, fields: { usage: object | null; event?: object }): string =>
  data({ ...head(speaker, CHUNK), choices: [], ...fields })

/** What an answer says in the end. */
export type Said = { readonly content: string | null; readonly calls: readonly ToolCall[] }

/** A whole answer; `usage` is null where nobody counted. */
export const completion = (speaker: Speaker, { content, calls }: Said, usage: object | null): string =>
  JSON.stringify({
    ...head(speaker, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content,
          refusal: null,
          ...(calls.length === 0 ? {} : { tool_calls: calls.map(callOf) }),
        },
        logprobs: null,
        finish_reason: finishReasonOf(calls),
      },
    ],
    ...(usage === null ? {} : { usage }),
  })

/** A call's name first, then its arguments in bits that fit a line. */
export function* callDeltas(calls: readonly ToolCall[]): Generator<Delta, void, void> {
  for (const [index, call] of calls.entries()) {
    yield { tool_calls: [{ index, ...callOf({ ...call, arguments: '' }) }] }
    for (const piece of pieces(call.arguments))
      yield { tool_calls: [{ index, function: { arguments: piece } }] }
  }
}

/** What an answer took, in OpenAI's fields. */
export const usageOf = ({ prompt, cached, completion, reasoning }: Counted) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

const CHUNK = 'chat.completion.chunk'

const head = ({ id, created, model }: Speaker, object: string) => ({ id, object, created, model })

const callOf = ({ id, name, arguments: given }: ToolCall) => ({
  id,
  type: 'function',
  function: { name, arguments: given },
})
