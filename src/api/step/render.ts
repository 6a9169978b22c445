import type { Counted } from '../../core/counted.ts'
import { unreachable } from '../../core/errors.ts'
import { completionIdOf } from '../../core/task-id.ts'
import {
  callDeltas,
  chunk,
  chunkBeside,
  completion,
  usageOf,
  type Delta,
  type Speaker,
} from '../chat-objects.ts'
import type { ChatRequest } from '../chat-request.ts'
import { bodyOf } from '../connection.ts'
import { BEAT, HEARTBEAT_MS, SILENCE_MS, withBeats } from '../heartbeat.ts'
import type { ToolCall } from '../presentation.ts'
import type { ApiServices, Relayed } from '../services.ts'
import { DONE, KEEP_ALIVE, pieces } from '../sse.ts'
import type { Told } from './tell.ts'

type Source = (signal: AbortSignal) => AsyncGenerator<Told, void, void>
type Timing = Pick<ApiServices, 'clock' | 'heartbeatMs'>

/** What is told, in the form of a model's answer to a chat; `ended` is called once, however it ends. */
export function answerTelling(
  source: Source,
  id: string,
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
  ended?: () => void,
): Relayed {
  const created = Math.floor(services.clock.now() / 1000)
  const speaker = { id: completionIdOf(id), created, model: request.model }
  // the newer protocol reads a stream itself, whatever its client wants
  if (request.body.stream !== true) {
    const body = bodyOf((signal) => stepObject(source, speaker, services, signal), client, ended)
    return { status: 200, contentType: 'application/json', body }
  }
  const { includeUsage } = request
  const told = (signal: AbortSignal) => stepChunks(source, speaker, includeUsage, services, signal)
  return { status: 200, contentType: 'text/event-stream', body: bodyOf(told, client, ended) }
}

/** A step as chat chunks, one kind of field in each. */
async function* stepChunks(
  source: Source,
  speaker: Speaker,
  includeUsage: boolean,
  { clock, heartbeatMs = HEARTBEAT_MS }: Timing,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const startedAt = clock.now()
  let spokeAt = startedAt
  let calls = 0
  let cost: Counted | null = null

  yield chunk(speaker, { role: 'assistant', content: '' })
  for await (const told of withBeats(source, heartbeatMs, clock, signal)) {
    if (told === BEAT) {
      const isOverdue = clock.now() + heartbeatMs - spokeAt >= SILENCE_MS
      yield isOverdue
        ? chunk(speaker, { reasoning_content: signOfLife(clock.now() - startedAt) })
        : KEEP_ALIVE
      if (isOverdue) spokeAt = clock.now()
      continue
    }
    spokeAt = clock.now()
    if (told.kind === 'calls') calls += told.calls.length
    if (told.kind === 'cost') cost = told.cost
    for (const delta of deltasOf(told)) yield chunk(speaker, delta)
  }
  yield chunk(speaker, {}, calls === 0 ? 'stop' : 'tool_calls')
  if (includeUsage && cost) yield chunkBeside(speaker, { usage: usageOf(cost) })
  yield DONE
}

/** A step as one JSON object: white space while it runs. */
async function* stepObject(
  source: Source,
  speaker: Speaker,
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
  const content = text === '' && calls.length > 0 ? null : text
  yield completion(speaker, { content, calls }, cost && usageOf(cost))
}

function* deltasOf(told: Told): Generator<Delta, void, void> {
  switch (told.kind) {
    case 'text':
      for (const piece of pieces(told.text)) yield { content: piece }
      return
    case 'thought':
      for (const piece of pieces(told.text)) yield { reasoning_content: piece }
      return
    case 'calls':
      yield* callDeltas(told.calls)
      return
    case 'cost':
      return
    default:
      unreachable(told)
  }
}

const signOfLife = (ms: number): string => `the model is still at it, ${Math.round(ms / 1000)} s\n`
