import { answer } from '../../core/answer.ts'
import type { TaskState } from '../../core/state.ts'
import type { Running } from '../../tasks/runner.ts'
import { sealedReceipt } from '../../tasks/seal.ts'
import { narration } from '../narration.ts'
import type { ApiServices } from '../services.ts'
import type { Counted, Piece } from './piece.ts'

/** A story as the pieces of an answer: what happens is thought, the outcome alone is text. A failed task answers too. */
export async function* storyPieces(
  task: Running,
  services: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  for await (const { isBeat, line } of narration(task, services, signal)) {
    if (isBeat) yield { kind: 'beat' }
    if (line !== null) yield { kind: 'thought', text: `${line}\n` }
  }

  const state = task.state()
  yield { kind: 'text', text: answer(state, sealedReceipt(state).sha256) }
  yield { kind: 'end', end: { status: 'completed', usage: countOf(state) } }
}

/** The sum over every internal call. */
const countOf = ({ usage: { total } }: TaskState): Counted => ({
  prompt: total.promptTokens,
  cached: total.cachedTokens ?? 0,
  completion: total.completionTokens,
  reasoning: total.reasoningTokens,
})
