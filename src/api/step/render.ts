import type { Counted } from '../../core/tool-step/cost.ts'
import { unreachable } from '../../core/errors.ts'
import { completionIdOf } from '../../core/task-id.ts'
import { callDeltas, callOf } from '../chunks.ts'
import { BEAT, HEARTBEAT_MS, withBeats } from '../heartbeat.ts'
import type { ToolCall } from '../presentation.ts'
import type { ApiServices } from '../services.ts'
import { data, DONE, KEEP_ALIVE, pieces } from '../sse.ts'
import type { Told } from './tell.ts'

export type StepForm = {
  readonly id: string
  readonly model: string
  readonly createdAt: number
  readonly includeUsage: boolean
}
type Source = (signal: AbortSignal) => AsyncGenerator<Told, void, void>
type Timing = Pick<ApiServices, 'clock' | 'heartbeatMs'>

/** Editors give up on a stream without a real word after 60 s; comments do not count everywhere. */
const SILENCE_MS = 30_000

/** A step as chat chunks, one kind of field in each. */
export async function* stepChunks(
  source: Source,
  form: StepForm,
  { clock, heartbeatMs = HEARTBEAT_MS }: Timing,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const head = { ...headOf(form), object: 'chat.completion.chunk' }
  const chunk = (delta: object, finishReason: string | null = null): string =>
    data({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      usage: null,
    })
  const startedAt = clock.now()
  let spokeAt = startedAt
  let calls = 0
  let cost: Counted | null = null

  yield chunk({ role: 'assistant', content: '' })
  for await (const told of withBeats(source, heartbeatMs, clock, signal)) {
    if (told === BEAT) {
      const isOverdue = clock.now() + heartbeatMs - spokeAt >= SILENCE_MS
      yield isOverdue ? chunk({ reasoning_content: signOfLife(clock.now() - startedAt) }) : KEEP_ALIVE
      if (isOverdue) spokeAt = clock.now()
      continue
    }
    spokeAt = clock.now()
    if (told.kind === 'calls') calls += told.calls.length
    if (told.kind === 'cost') cost = told.cost
    for (const delta of deltasOf(told)) yield chunk(delta)
  }
  yield chunk({}, calls === 0 ? 'stop' : 'tool_calls')
  if (form.includeUsage && cost) yield data({ ...head, choices: [], usage: usageOf(cost) })
  yield DONE
}

/** A step as one JSON object: white space while it runs. */
export async function* stepObject(
  source: Source,
  form: StepForm,
  { clock, heartbeatMs = HEARTBEAT_MS }: Timing,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  yield '\n'
  let text = ''
  const calls: ToolCall[] = []
  let cost: Counted | null = null
  for await (const told of withBeats(source, heartbeatMs, clock, signal)) {
    if (told === BEAT) yield ' '
    else if (told.kind === 'text') text += told.text
    else if (told.kind === 'calls') calls.push(...told.calls)
    else if (told.kind === 'cost') cost = told.cost
  }
  const isCall = calls.length > 0
  const message = {
    role: 'assistant',
    content: text === '' && isCall ? null : text,
    refusal: null,
    ...(isCall ? { tool_calls: calls.map(callOf) } : {}),
  }
  yield JSON.stringify({
    ...headOf(form),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: isCall ? 'tool_calls' : 'stop' }],
    ...(cost ? { usage: usageOf(cost) } : {}),
  })
}

function* deltasOf(told: Told): Generator<object, void, void> {
  switch (told.kind) {
    case 'text':
      for (const piece of pieces(told.text)) yield { content: piece }
      return
    case 'thought':
      for (const piece of pieces(told.text)) yield { reasoning_content: piece }
      return
    case 'calls':
      for (const delta of callDeltas(told.calls)) yield { tool_calls: [delta] }
      return
    case 'cost':
      return
    default:
      unreachable(told)
  }
}

const signOfLife = (ms: number): string => `the model is still at it, ${Math.round(ms / 1000)} s\n`

const headOf = ({ id, model, createdAt }: StepForm) => ({ id: completionIdOf(id), created: createdAt, model })

const usageOf = ({ prompt, cached, completion, reasoning }: Counted) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})
