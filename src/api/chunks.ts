import type { TaskState } from '../core/state.ts'
import { completionIdOf } from '../core/task-id.ts'
import type { Running } from '../tasks/runner.ts'
import { sealedReceipt } from '../tasks/seal.ts'
import { BEAT, HEARTBEAT_MS, withBeats } from './heartbeat.ts'
import { narration } from './narration.ts'
import type { Present, ToolCall } from './presentation.ts'
import type { ApiServices } from './services.ts'
import { data, DONE, KEEP_ALIVE, pieces } from './sse.ts'
import { lastStatus, statusOf, type StatusEvent } from './status-events.ts'

export type Form = {
  readonly model: string
  readonly includeUsage: boolean
  /** Does the client show lines of its own while a task runs? */
  readonly statuses: boolean
  readonly present: Present
}
type Delta = { role?: 'assistant'; content?: string; reasoning_content?: string; tool_calls?: object[] }
type FinishReason = 'stop' | 'tool_calls'

/** A story as chat chunks: what happens goes into the reasoning, the outcome alone into the content. */
export async function* chatChunks(
  task: Running,
  form: Form,
  services: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const chunk = chunkOf(task, form)
  const statusChunk = (event: StatusEvent) =>
    data({ ...head(task, form, CHUNK), choices: [], usage: null, event })
  yield chunk({ role: 'assistant', content: '' })

  for await (const { isBeat, line } of narration(task, services, signal)) {
    if (line === null) {
      if (isBeat) yield KEEP_ALIVE
      continue
    }
    for (const piece of pieces(`${line}\n`)) yield chunk({ reasoning_content: piece })
    if (form.statuses) yield statusChunk(statusOf(line))
  }

  const state = task.state()
  if (form.statuses) yield statusChunk(lastStatus(state))
  const { text, calls } = form.present(state, sealedReceipt(state).sha256)
  for (const piece of pieces(text)) yield chunk({ content: piece })
  for (const delta of callDeltas(calls)) yield chunk({ tool_calls: [delta] })
  yield chunk({}, finishReasonOf(calls))
  if (form.includeUsage) yield data({ ...head(task, form, CHUNK), choices: [], usage: usageOf(state) })
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
  const message = {
    role: 'assistant',
    content: text,
    refusal: null,
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(callOf) }),
  }
  yield JSON.stringify({
    ...head(task, form, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasonOf(calls) }],
    usage: usageOf(state),
  })
}

const finishReasonOf = (calls: readonly ToolCall[]): FinishReason =>
  calls.length === 0 ? 'stop' : 'tool_calls'

/** A call as it stands in a message. */
export const callOf = ({ id, name, arguments: given }: ToolCall) => ({
  id,
  type: 'function',
  function: { name, arguments: given },
})

/** A call's name first, then its arguments in bits that fit a line. */
export function* callDeltas(calls: readonly ToolCall[]): Generator<object, void, void> {
  for (const [index, call] of calls.entries()) {
    yield { index, ...callOf({ ...call, arguments: '' }) }
    for (const piece of pieces(call.arguments)) yield { index, function: { arguments: piece } }
  }
}

const CHUNK = 'chat.completion.chunk'

const chunkOf =
  (task: Running, form: Form) =>
  (delta: Delta, finishReason: FinishReason | null = null): string =>
    data({
      ...head(task, form, CHUNK),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      // real usage stands only on the last chunk: some clients hold back the text of any other that has it
      usage: null,
    })

const head = (task: Running, { model }: Form, object: string) => ({
  id: completionIdOf(task.id),
  object,
  created: Math.floor(task.state().startedAt / 1000),
  model,
})

/** The sum over every internal call. */
function usageOf({ usage: { total } }: TaskState) {
  return {
    prompt_tokens: total.promptTokens,
    completion_tokens: total.completionTokens,
    total_tokens: total.promptTokens + total.completionTokens,
    prompt_tokens_details: { cached_tokens: total.cachedTokens ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: total.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
