import { countOf } from '../core/counted.ts'
import { completionIdOf } from '../core/task-id.ts'
import type { Running } from '../tasks/runner.ts'
import { sealedReceipt } from '../tasks/seal.ts'
import {
  callDeltas,
  chunk,
  chunkBeside,
  completion,
  finishReasonOf,
  usageOf,
  type Speaker,
} from './chat-objects.ts'
import { BEAT, HEARTBEAT_MS, withBeats } from './heartbeat.ts'
import { narration } from './narration.ts'
import type { Present } from './presentation.ts'
import type { ApiServices } from './services.ts'
import { DONE, KEEP_ALIVE, pieces } from './sse.ts'
import { lastStatus, statusOf, type StatusEvent } from './status-events.ts'

export type Form = {
  readonly model: string
  readonly includeUsage: boolean
  /** Does the client show lines of its own while a task runs? */
  readonly statuses: boolean
  readonly present: Present
}

/** A story as chat chunks: what happens goes into the reasoning, the outcome alone into the content. */
export async function* chatChunks(
  task: Running,
  form: Form,
  services: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const speaker = speakerOf(task, form)
  const status = (event: StatusEvent): string => chunkBeside(speaker, { usage: null, event })
  yield chunk(speaker, { role: 'assistant', content: '' })

  for await (const { isBeat, line } of narration(task, services, signal)) {
    if (line === null) {
      if (isBeat) yield KEEP_ALIVE
      continue
    }
    for (const piece of pieces(`${line}\n`)) yield chunk(speaker, { reasoning_content: piece })
    if (form.statuses) yield status(statusOf(line))
  }

  const state = task.state()
  if (form.statuses) yield status(lastStatus(state))
  const { text, calls } = form.present(state, sealedReceipt(state).sha256)
  for (const piece of pieces(text)) yield chunk(speaker, { content: piece })
  for (const delta of callDeltas(calls)) yield chunk(speaker, delta)
  yield chunk(speaker, {}, finishReasonOf(calls))
  if (form.includeUsage) yield chunkBeside(speaker, { usage: usageOf(countOf(state)) })
  yield DONE
}

/** A story as one JSON object: white space while it runs, so that nobody on the way takes it for dead. */
export async function* chatCompletion(
  task: Running,
  form: Form,
  { clock, heartbeatMs = HEARTBEAT_MS }: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  yield '\n'
  const follow = (signal: AbortSignal) => task.entries(0, signal)
  for await (const item of withBeats(follow, heartbeatMs, clock, signal)) if (item === BEAT) yield ' '

  const state = task.state()
  const { text, calls } = form.present(state, sealedReceipt(state).sha256)
  yield completion(speakerOf(task, form), { content: text, calls }, usageOf(countOf(state)))
}

const speakerOf = (task: Running, { model }: Form): Speaker => ({
  id: completionIdOf(task.id),
  created: Math.floor(task.state().startedAt / 1000),
  model,
})
