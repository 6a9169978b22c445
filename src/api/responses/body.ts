import { z } from 'zod'
import { jsonOrNull } from '../../core/json.ts'
import { badRequest } from '../faults.ts'

const Tool = z.looseObject({ type: z.string(), name: z.string().nullish() })
const Format = z.looseObject({ type: z.string() })

/** What is read of a request for a response; every other key is accepted and has no effect. */
const ResponsesBody = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.looseObject({ type: z.string().nullish() })).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  tools: z.array(Tool).nullish(),
  tool_choice: z.union([z.string(), Format]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: z.number().int().min(1).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_logprobs: z.number().nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  text: z.looseObject({ format: Format.nullish(), verbosity: z.string().nullish() }).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  previous_response_id: z.string().nullish(),
})
export type ResponsesBody = z.infer<typeof ResponsesBody>
export type Tool = z.infer<typeof Tool>

/** Reads a request for a response, or says which field is at fault. */
export function readResponsesBody(text: string): ResponsesBody {
  const json = jsonOrNull(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw badRequest('the body has to be a JSON object')
  }
  const body = believe(ResponsesBody, json)
  for (const [key, message] of Object.entries(NOT_KEPT)) {
    if (isSet(body[key])) throw badRequest(message, key)
  }
  return body
}

/** Reads a value that a request holds at `at`, or says which field of it is at fault. */
export function believe<Schema extends z.ZodType>(schema: Schema, value: unknown, at = ''): z.infer<Schema> {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const issue = read.error.issues[0]!
  const param = [at, ...issue.path].filter((step) => step !== '').join('.')
  throw badRequest(`${param || 'body'}: ${issue.message}`, param)
}

/** What would need answers to be kept here: refused, as leaving it out would change what is answered. */
const NOT_KEPT: Readonly<Record<string, string>> = {
  conversation: 'conversations are not kept here; send the whole conversation in "input"',
  prompt: 'prompts are not kept here; send the text in "instructions" and "input"',
  background: 'responses are not kept here, so none can be made in the background; ask with "stream": true',
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== false
