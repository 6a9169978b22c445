import { z } from 'zod'
import { jsonOrNull } from '../../core/json.ts'
import type { Usage } from '../../core/task.ts'
import { changeAnswer } from '../changed-answer.ts'
import type { Relayed } from '../services.ts'

/** An answer whose usage counts the calls before it as well; where its upstream counts nothing, nothing is said. */
export function withSpent(answer: Relayed, spent: readonly Usage[]): Relayed {
  if (spent.length === 0) return answer
  return changeAnswer(answer, {
    line: async (line) => `${counted(line, spent)}\n`,
    end: async () => '',
    content: async (words) => words,
    usage: (usage) => addTo(usage, spent),
  })
}

const Chunk = z.looseObject({ usage: z.unknown() })

/** The quotes of a word that a model has written are escaped, so that only a field begins like this. */
function counted(line: string, spent: readonly Usage[]): string {
  if (!line.startsWith('data:') || !line.includes('"usage"')) return line
  const chunk = Chunk.safeParse(jsonOrNull(line.slice('data:'.length)))
  const usage = chunk.success ? addTo(chunk.data.usage, spent) : undefined
  return usage === undefined ? line : `data: ${JSON.stringify({ ...chunk.data, usage })}`
}

const Tokens = z.number().nullish()
const UsageSaid = z.looseObject({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: Tokens,
  prompt_tokens_details: z.looseObject({ cached_tokens: Tokens }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: Tokens }).nullish(),
})

/** Undefined where there is no count to add to. What a server does not tell stays untold. */
function addTo(usage: unknown, spent: readonly Usage[]): object | undefined {
  const said = UsageSaid.safeParse(usage)
  if (!said.success) return undefined
  const sum = (of: (one: Usage) => number): number => spent.reduce((total, one) => total + of(one), 0)
  const prompt = sum(({ promptTokens }) => promptTokens)
  const completion = sum(({ completionTokens }) => completionTokens)
  const { total_tokens: total, prompt_tokens_details: read, completion_tokens_details: thought } = said.data
  const cached = read?.cached_tokens
  const reasoning = thought?.reasoning_tokens
  return {
    ...said.data,
    prompt_tokens: said.data.prompt_tokens + prompt,
    completion_tokens: said.data.completion_tokens + completion,
    ...(typeof total === 'number' && { total_tokens: total + prompt + completion }),
    ...(typeof cached === 'number' && {
      prompt_tokens_details: {
        ...read,
        cached_tokens: cached + sum(({ cachedTokens }) => cachedTokens ?? 0),
      },
    }),
    ...(typeof reasoning === 'number' && {
      completion_tokens_details: {
        ...thought,
        reasoning_tokens: reasoning + sum(({ reasoningTokens }) => reasoningTokens),
      },
    }),
  }
}
