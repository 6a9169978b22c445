import { countOf } from '../../core/counted.ts'
import type { Running } from '../../tasks/runner.ts'
import { sealedReceipt } from '../../tasks/seal.ts'
import { narration } from '../narration.ts'
import type { Present } from '../presentation.ts'
import type { ApiServices } from '../services.ts'
import type { Piece } from './piece.ts'

/** A story as the pieces of an answer: what happens is thought, the outcome alone is text. A failed task answers too. */
export async function* storyPieces(
  task: Running,
  present: Present,
  services: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  for await (const { isBeat, line } of narration(task, services, signal)) {
    if (isBeat) yield { kind: 'beat' }
    if (line !== null) yield { kind: 'thought', text: `${line}\n` }
  }

  const state = task.state()
  const { text, calls } = present(state, sealedReceipt(state).sha256)
  if (text !== '') yield { kind: 'text', text }
  for (const [call, { id, name, arguments: given }] of calls.entries()) {
    yield { kind: 'call', call, id, name, text: given }
  }
  yield { kind: 'end', end: { status: 'completed', usage: countOf(state) } }
}
