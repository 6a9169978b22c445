import type { TaskState } from './state.ts'

/** Tokens of an answer. */
export type Counted = {
  readonly prompt: number
  /** Of the prompt's. */
  readonly cached: number
  readonly completion: number
  /** Of the completion's. */
  readonly reasoning: number
}

/** What a task took: the sum over every internal call. */
export const countOf = ({ usage: { total } }: TaskState): Counted => ({
  prompt: total.promptTokens,
  cached: total.cachedTokens ?? 0,
  completion: total.completionTokens,
  reasoning: total.reasoningTokens,
})
