import { z } from 'zod'

/** A whole number, however large: seeds go up to 64 bits. */
const Whole = z.number().refine(Number.isInteger, 'a whole number is expected')
const Limit = Whole.min(1).nullish()
const Penalty = z.number().min(-2).max(2).nullish()

const FunctionTool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
})

const ToolChoice = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    FunctionTool,
    z.looseObject({
      type: z.literal('allowed_tools'),
      allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(z.unknown()) }),
    }),
  ],
  'none, auto, required, a function by name or a list of allowed tools is expected',
)

const ResponseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['text', 'json_object']) }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({ name: z.string().min(1) }),
  }),
])

/**
 * The parameters of a chat request that have a form or a range, each nullable as clients send them. Those that steer how a
 * model samples reach the model on the direct path; a task has its own spread of temperatures and seeds, since coders
 * that are all told `temperature: 0` would write one candidate five times.
 */
export const chatParameters = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: Penalty,
  frequency_penalty: Penalty,
  seed: Whole.nullish(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  max_tokens: Limit,
  max_completion_tokens: Limit,
  stop: z.union([z.string(), z.array(z.string()).max(4)], 'a text is expected, or up to 4 of them').nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  tools: z
    .array(z.discriminatedUnion('type', [FunctionTool], 'only tools of the type "function" are supported'))
    .nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: ResponseFormat.nullish(),
  n: z.literal(1, 'only one choice is made').nullish(),
  logprobs: z.literal(false, 'logprobs are not supported').nullish(),
  top_logprobs: z.literal(0, 'top_logprobs are not supported').nullish(),
  modalities: z
    .array(z.enum(['text', 'audio']))
    .refine((wanted) => !wanted.includes('audio'), 'audio output is not supported')
    .nullish(),
  reasoning_effort: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  store: z.boolean().nullish(),
  service_tier: z.string().nullish(),
  audio: z.null('audio output is not supported').optional(),
  functions: z.null('functions are not supported; send "tools" instead').optional(),
  function_call: z.null('function_call is not supported; send "tool_choice" instead').optional(),
  web_search_options: z.null('web search is not supported').optional(),
}
