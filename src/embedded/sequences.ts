import { createSlots } from '../slots.ts'
import type { Context, Sequence, Token } from './llama-package.ts'

/** A sequence that is one caller's until he disposes it. */
export type Held = Disposable & { readonly sequence: Sequence }

export type Sequences = {
  /** Waits for a free sequence: of those the one that has read most of this prompt already. */
  take(prompt: Token[], signal: AbortSignal): Promise<Held>
}

/** The sequences of a context; asking the context for one too many would throw. */
export function shareSequences(context: Context): Sequences {
  const free = Array.from({ length: context.totalSequences }, () => context.getSequence())
  const slots = createSlots(context.totalSequences)
  return {
    async take(prompt, signal) {
      const slot = await slots.take(signal)
      const sequence = bestOf(free, prompt)
      free.splice(free.indexOf(sequence), 1)
      return {
        sequence,
        [Symbol.dispose]() {
          free.push(sequence)
          slot[Symbol.dispose]()
        },
      }
    },
  }
}

/** Among equals the one that has waited longest: what it remembers is the oldest. */
function bestOf(free: readonly Sequence[], prompt: Token[]): Sequence {
  const known = free.map((sequence) => sequence.compareContextTokens(prompt).firstDifferentIndex)
  return free[known.indexOf(Math.max(...known))]!
}
