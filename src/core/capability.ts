import { z } from 'zod'

/** What a server and the model it serves can do, as far as the server says so or it was measured. */
export const Capability = z.object({
  /** `openai`: speaks its protocol, and says no more of itself. */
  server: z.enum(['litellm', 'ollama', 'llamacpp', 'vllm', 'sglang', 'lmstudio', 'mlx', 'openai']),
  /** The server's own version; null where it does not tell. */
  version: z.string().nullable(),
  /** What holds a reply to a form: `grammar` is GBNF besides JSON schema, `none` may still know `json_object`. */
  structured: z.enum(['schema', 'grammar', 'none']),
  /** May it be asked for the alternatives of a token? */
  logprobs: z.boolean(),
  /** Does it write several replies to one prompt that is read once? */
  n: z.boolean(),
  /** Requests it answers at once; null where nobody knows. */
  slots: z.int().min(1).nullable(),
  slotsFrom: z.enum(['word', 'measured']).nullable(),
  /** Tokens of prompt and reply together that one request may have; null where nobody knows. */
  window: z.int().min(1).nullable(),
  /** Memory that one token of one context takes, where the model's shape is told. */
  bytesPerToken: z.number().nullable(),
  /** Memory that its weights take. */
  bytes: z.number().nullable(),
  /** Memory that weights and contexts take at this moment; null where it is not loaded, or nobody says. */
  held: z.number().nullable(),
  /** How much of that is on the graphics card. */
  onGraphics: z.number().nullable(),
  /** Field of a delta in which thoughts come; `either` where it depends on what stands behind the server. */
  reasoningField: z.enum(['reasoning_content', 'reasoning', 'either']),
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']),
  /** `word`: its server says so; `name`: it is called like one that does; null: neither. */
  sees: z.enum(['word', 'name']).nullable(),
  /** Does its server say that it calls tools? */
  tools: z.boolean(),
  /** Can it be asked for a transcription? */
  hears: z.boolean(),
  /** Does it run on somebody else's machine, by its server's own word? */
  elsewhere: z.boolean(),
})
export type Capability = z.infer<typeof Capability>

/** A server nobody knows: what any that speaks OpenAI's protocol is trusted with. */
export const PLAIN: Capability = {
  server: 'openai',
  version: null,
  structured: 'none',
  logprobs: true,
  n: false,
  slots: null,
  slotsFrom: null,
  window: null,
  bytesPerToken: null,
  bytes: null,
  held: null,
  onGraphics: null,
  reasoningField: 'either',
  maxTokensField: 'max_tokens',
  sees: null,
  tools: false,
  hears: false,
  elsewhere: false,
}
