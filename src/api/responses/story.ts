import { answer } from '../../core/answer.ts'
import { narrate, signOfLife } from '../../core/narrate.ts'
import type { TaskState } from '../../core/state.ts'
import type { Running } from '../../tasks/runner.ts'
import { sealedReceipt } from '../../tasks/seal.ts'
import { BEAT, HEARTBEAT_MS, withBeats } from '../heartbeat.ts'
import type { ApiServices } from '../services.ts'
import type { Counted, Piece } from './piece.ts'

/** Whoever watches is told something true at least this often. */
const SILENCE_MS = 30_000

/** A story as the pieces of an answer: what happens is thought, the outcome alone is text. A failed task answers too. */
export async function* storyPieces(
  task: Running,
  { clock, heartbeatMs = HEARTBEAT_MS }: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  let spokeAt = clock.now()
  let story = { at: 0, heardAt: spokeAt }
  const follow = (signal: AbortSignal) => task.entries(0, signal)
  for await (const item of withBeats(follow, heartbeatMs, clock, signal)) {
    if (item === BEAT) yield { kind: 'beat' }
    else story = { at: item.at, heardAt: clock.now() }
    const line = item === BEAT ? overdue() : narrate(item)
    if (line === null) continue
    yield { kind: 'thought', text: `${line}\n` }
    spokeAt = clock.now()
  }

  const state = task.state()
  yield { kind: 'text', text: answer(state, sealedReceipt(state).sha256) }
  yield { kind: 'end', end: { status: 'completed', usage: countOf(state) } }

  /** A true word, when the next beat would come too late for one. */
  function overdue(): string | null {
    const now = clock.now()
    if (now + heartbeatMs - spokeAt < SILENCE_MS) return null
    return signOfLife(task.state(), story.at + now - story.heardAt)
  }
}

/** The sum over every internal call. */
const countOf = ({ usage: { total } }: TaskState): Counted => ({
  prompt: total.promptTokens,
  cached: total.cachedTokens ?? 0,
  completion: total.completionTokens,
  reasoning: total.reasoningTokens,
})
