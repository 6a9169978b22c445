import { z } from 'zod'
import type { Endpoint } from './client.ts'
import { get } from './get.ts'

/** Servers that can hold a reply to a few choices, each in its own way. */
export type Server = 'llamacpp' | 'vllm' | 'other'

const OWNERS: readonly Server[] = ['llamacpp', 'vllm']
const ASK_MS = 1_000
/** Of the first token, so many alternatives: two letters and what a model would rather have said. */
const ALTERNATIVES = 5

const ModelList = z.object({ data: z.array(z.object({ owned_by: z.string().nullish() })) })

/** What a request adds to be answered with one of these choices, as far as this server can be held to it. */
export async function fieldsFor(
  choices: readonly string[],
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  return {
    ...constraint(await serverOf(endpoint, signal), choices),
    // Ollama tells them since 0.12.11; who does not know them leaves them out or refuses
    logprobs: true,
    top_logprobs: ALTERNATIVES,
  }
}

function constraint(server: Server, choices: readonly string[]): Record<string, unknown> {
  if (server === 'other') return {}
  if (server === 'llamacpp')
    return {
      grammar: `root ::= ${choices.map((choice) => JSON.stringify(choice)).join(' | ')}`,
      ...NO_THOUGHTS,
    }
  // 0.12 removed guided_choice; servers before 0.11 know nothing else. Each leaves the other's field alone.
  return { structured_outputs: { choice: choices }, guided_choice: choices, ...NO_THOUGHTS }
}

/** A model that thinks first would have spent its one token on that; templates without the switch ignore it. */
const NO_THOUGHTS = { chat_template_kwargs: { enable_thinking: false } }

/** Which server it is, from what its list of models says; remembered once it has answered. */
async function serverOf(endpoint: Endpoint, signal: AbortSignal): Promise<Server> {
  if (endpoint.server !== null) return endpoint.server
  const { status, json } = await get(`${endpoint.url}/models`, endpoint.apiKey, ASK_MS, signal)
  if (status === null) return 'other'
  const list = ModelList.safeParse(json)
  const owners = list.success ? list.data.data.map(({ owned_by }) => owned_by) : []
  endpoint.server = OWNERS.find((server) => owners.includes(server)) ?? 'other'
  return endpoint.server
}

/** Log-probability of each choice among a token's alternatives; null unless all of them are there. */
export function scoresOf(
  choices: readonly string[],
  alternatives: readonly { token: string; logprob: number }[] | null,
): Record<string, number> | null {
  const scores = choices.map((choice) => {
    const same = (alternatives ?? []).filter(({ token }) => token.trim() === choice)
    return [choice, Math.max(...same.map(({ logprob }) => logprob))] as const
  })
  return scores.every(([, score]) => Number.isFinite(score)) ? Object.fromEntries(scores) : null
}
