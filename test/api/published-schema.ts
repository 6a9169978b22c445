import { z } from 'zod'

/**
 * The objects of OpenAI's chat API, written down from its published openapi.json (version 2.3.0): every required field
 * required, nullable where it is, and nothing beside them but `reasoning_content`, which all clients here know.
 */

const Usage = z.strictObject({
  prompt_tokens: z.int().min(0),
  completion_tokens: z.int().min(0),
  total_tokens: z.int().min(0),
  prompt_tokens_details: z
    .strictObject({
      cached_tokens: z.int().min(0).exactOptional(),
      audio_tokens: z.int().min(0).exactOptional(),
    })
    .exactOptional(),
  completion_tokens_details: z
    .strictObject({
      reasoning_tokens: z.int().min(0).exactOptional(),
      audio_tokens: z.int().min(0).exactOptional(),
      accepted_prediction_tokens: z.int().min(0).exactOptional(),
      rejected_prediction_tokens: z.int().min(0).exactOptional(),
    })
    .exactOptional(),
})

const FinishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])

const head = { id: z.string().min(1), created: z.int().min(1), model: z.string().min(1) }

const ToolCallDelta = z.strictObject({
  index: z.int().min(0),
  id: z.string().exactOptional(),
  type: z.literal('function').exactOptional(),
  function: z
    .strictObject({ name: z.string().exactOptional(), arguments: z.string().exactOptional() })
    .exactOptional(),
})

const ToolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string().min(1), arguments: z.string() }),
})

export const ChatCompletionChunk = z.strictObject({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.strictObject({
      index: z.int().min(0),
      delta: z.strictObject({
        role: z.literal('assistant').exactOptional(),
        content: z.string().nullable().exactOptional(),
        refusal: z.string().nullable().exactOptional(),
        reasoning_content: z.string().exactOptional(),
        tool_calls: z.array(ToolCallDelta).exactOptional(),
      }),
      logprobs: z.null().exactOptional(),
      finish_reason: FinishReason.nullable(),
    }),
  ),
  usage: Usage.nullable().exactOptional(),
})

export const ChatCompletion = z.strictObject({
  ...head,
  object: z.literal('chat.completion'),
  choices: z
    .array(
      z.strictObject({
        index: z.int().min(0),
        finish_reason: FinishReason,
        message: z.strictObject({
          role: z.literal('assistant'),
          content: z.string().nullable(),
          refusal: z.string().nullable(),
          tool_calls: z.array(ToolCall).min(1).exactOptional(),
        }),
        logprobs: z.null(),
      }),
    )
    .min(1),
  usage: Usage.exactOptional(),
})

export const ErrorObject = z.strictObject({
  error: z.strictObject({
    message: z.string().min(1),
    type: z.string().min(1),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
})

export const Model = z.strictObject({
  id: z.string().min(1),
  object: z.literal('model'),
  created: z.int().min(1),
  owned_by: z.string().min(1),
})

export const ModelList = z.strictObject({ object: z.literal('list'), data: z.array(Model) })
