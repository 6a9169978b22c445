import type { ModelRequest } from '../cascade/ports.ts'
import type { Capability } from '../core/capability.ts'

/** What is added to a request so that the reply keeps its form. */
export type Fields = Readonly<Record<string, unknown>>

/** Does this request ask for a form at all? */
export type Form = 'json' | 'choices' | 'tools'
export const formOf = ({
  json,
  choices,
  tools,
}: Pick<ModelRequest, 'json' | 'choices' | 'tools'>): Form | null =>
  choices !== null ? 'choices' : tools ? 'tools' : json ? 'json' : null

/** Ways to ask for it, the strictest first. A server that refuses one is asked the next; the last is to ask for nothing. */
export function waysToAsk(request: ModelRequest, capability: Capability): Fields[] {
  const { choices, tools, schema, maxTokens } = request
  if (choices !== null) return waysToChoose(choices, maxTokens, capability)
  if (tools) return [...waysToCall(tools), ...waysToAsk(withoutTools(request), capability)]
  const strict = schema && capability.structured !== 'none' ? [asSchema('answer', schema)] : []
  return [...strict, { response_format: { type: 'json_object' } }, {}]
}

/** The same request for who takes no tools. */
export function withoutTools(request: ModelRequest): ModelRequest {
  const { tools: _, ...rest } = request
  return rest
}

/** Is this a way that offers tools? */
export const offersTools = (way: Fields): boolean => 'tools' in way

/** llama.cpp takes no form beside them. What may be called side by side is not what every server wants to be told. */
function waysToCall(tools: NonNullable<ModelRequest['tools']>): Fields[] {
  const offered = { tools: tools.map((tool) => ({ type: 'function', function: tool })) }
  return [{ ...offered, parallel_tool_calls: true }, offered]
}

/** Of a token, so many alternatives: two letters and what a model would rather have said. */
const ALTERNATIVES = 5

function waysToChoose(choices: readonly string[], maxTokens: number, capability: Capability): Fields[] {
  const scores = capability.logprobs ? { logprobs: true, top_logprobs: ALTERNATIVES } : {}
  const held = constraint(choices, maxTokens, capability.server)
  const ways = [held === null ? scores : { ...held, ...scores }, held === null ? {} : scores, {}]
  return ways.filter((way, index) => index === ways.length - 1 || Object.keys(way).length > 0)
}

/** Null where nothing holds a server to a few choices. */
function constraint(
  choices: readonly string[],
  maxTokens: number,
  server: Capability['server'],
): Fields | null {
  switch (server) {
    case 'llamacpp':
      return {
        grammar: `root ::= ${choices.map((choice) => JSON.stringify(choice)).join(' | ')}`,
        ...NO_THOUGHTS,
      }
    case 'vllm':
      // 0.12 removed guided_choice; servers before 0.11 know nothing else. Each leaves the other's field alone.
      return { structured_outputs: { choice: choices }, guided_choice: choices, ...NO_THOUGHTS }
    case 'sglang':
      return { regex: `(${choices.map(escaped).join('|')})`, ...NO_THOUGHTS }
    case 'ollama':
      return { ...asChoice(choices, maxTokens), reasoning_effort: 'none' }
    case 'litellm':
    case 'lmstudio':
      return asChoice(choices, maxTokens)
    case 'mlx':
    case 'openai':
      return null
    default:
      return server satisfies never
  }
}

/** A model that thinks first would have spent its one token on that; templates without the switch ignore it. */
const NO_THOUGHTS = { chat_template_kwargs: { enable_thinking: false } }

/** In quotes, as a JSON schema wants it, and with the tokens that these take. */
const asChoice = (choices: readonly string[], maxTokens: number): Fields => ({
  ...asSchema('choice', { type: 'string', enum: choices }),
  max_tokens: maxTokens + TOKENS_FOR_QUOTES,
})
const TOKENS_FOR_QUOTES = 7

/** Ollama reads only the schema, OpenAI wants the name; without `strict` OpenAI takes what its strict mode does not know. */
const asSchema = (name: string, schema: Fields): Fields => ({
  response_format: { type: 'json_schema', json_schema: { name, schema } },
})

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/** The choice that a reply is, where it came as a JSON string; else the reply as it is. */
export function unquoted(text: string, choices: readonly string[]): string {
  const bare = /^\s*"([^"\\]*)"\s*$/.exec(text)?.[1]
  return bare !== undefined && choices.includes(bare) ? bare : text
}

/** Nothing yet but what stands before a choice that is quoted. */
export const isBeforeChoice = (text: string): boolean => text.length < 8 && /^[\s"]*$/.test(text)

/** Log-probability of each choice among a token's alternatives; null unless all of them are there. */
export function scoresOf(
  choices: readonly string[],
  alternatives: readonly { token: string; logprob: number }[] | null,
): Record<string, number> | null {
  const scores = choices.map((choice) => {
    const same = (alternatives ?? []).filter(({ token }) => token.replaceAll(/[\s"]/g, '') === choice)
    return [choice, Math.max(...same.map(({ logprob }) => logprob))] as const
  })
  return scores.every(([, score]) => Number.isFinite(score)) ? Object.fromEntries(scores) : null
}
