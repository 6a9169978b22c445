import { z } from 'zod'

const TextPart = z.object({ type: z.literal('text'), text: z.string() })
const Content = z.union(
  [z.string(), z.array(TextPart).transform((parts) => parts.map(({ text }) => text).join('\n'))],
  {
    error: 'a text is expected: this model reads nothing else',
  },
)

export const ChatMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: Content,
})
export type ChatMessage = z.infer<typeof ChatMessage>

/** A schema, as OpenAI nests it, or as llama-server's own documentation shows it. */
const ResponseFormat = z.union([
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: z.unknown() }) }),
  z.object({ type: z.enum(['json_object', 'json_schema']), schema: z.unknown().optional() }),
  z.object({ type: z.literal('text') }),
])
export type ResponseFormat = z.infer<typeof ResponseFormat>

/** The fields of a chat that are kept to; others are left alone, as llama-server does. */
export const ChatBody = z.object({
  messages: z.array(ChatMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(8)]).nullish(),
  /** Of the first token only: what else it might have been. */
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: ResponseFormat.nullish(),
  /** A grammar in llama.cpp's own notation. */
  grammar: z.string().max(100_000).nullish(),
  json_schema: z.unknown().optional(),
})
export type ChatBody = z.infer<typeof ChatBody>

/** The messages of a chat of which only the tokens are counted. */
export const CountBody = z.object({ messages: z.array(ChatMessage).min(1) })
export const TokenizeBody = z.object({ content: z.string() })
