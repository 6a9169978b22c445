import type { Counted } from '../counted.ts'
import { estimateTokens } from '../tokens.ts'

/** What one sample took: as its upstream counted, and how much of it was heard. */
export type Spent = { readonly counted: Counted | null; readonly said: number; readonly thought: number }

/** The sum over all samples. One that was cancelled was not counted: its prompt was that of the others. */
export function costOf(samples: readonly Spent[], promptCharacters: number): Counted {
  const known = samples.flatMap(({ counted }) => counted ?? [])
  const prompt = known[0]?.prompt ?? estimateTokens(promptCharacters)
  const each = samples.map(
    ({ counted, said, thought }): Counted =>
      counted ?? {
        prompt,
        cached: 0,
        completion: estimateTokens(said + thought),
        reasoning: estimateTokens(thought),
      },
  )
  const sum = (key: keyof Counted): number => each.reduce((total, one) => total + one[key], 0)
  return {
    prompt: sum('prompt'),
    cached: sum('cached'),
    completion: sum('completion'),
    reasoning: sum('reasoning'),
  }
}
