import { narrate, signOfLife } from '../core/narrate.ts'
import type { Running } from '../tasks/runner.ts'
import { BEAT, HEARTBEAT_MS, SILENCE_MS, withBeats } from './heartbeat.ts'
import type { ApiServices } from './services.ts'

/** Something happened, or a heartbeat is due; and what there is to say of it, if anything. */
export type Told = { readonly isBeat: boolean; readonly line: string | null }

/** A story in words, from its first event to its last, with a true word where the next beat would come too late for one. */
export async function* narration(
  task: Running,
  { clock, heartbeatMs = HEARTBEAT_MS }: Pick<ApiServices, 'clock' | 'heartbeatMs'>,
  signal: AbortSignal,
): AsyncGenerator<Told, void, void> {
  let spokeAt = clock.now()
  let story = { at: 0, heardAt: spokeAt }
  const follow = (signal: AbortSignal) => task.entries(0, signal)
  for await (const item of withBeats(follow, heartbeatMs, clock, signal)) {
    const isBeat = item === BEAT
    if (item !== BEAT) story = { at: item.at, heardAt: clock.now() }
    const line = item === BEAT ? overdue() : narrate(item)
    yield { isBeat, line }
    if (line !== null) spokeAt = clock.now()
  }

  function overdue(): string | null {
    const now = clock.now()
    if (now + heartbeatMs - spokeAt < SILENCE_MS) return null
    return signOfLife(task.state(), story.at + now - story.heardAt)
  }
}
