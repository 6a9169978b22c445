import type { Counted } from '../../core/counted.ts'
import { estimateTokens } from '../../core/tokens.ts'
import { z } from 'zod'
import { errorBody } from '../faults.ts'
import { SwarmError } from '../../core/errors.ts'
import { numberCalls } from '../../core/tool-step/number-calls.ts'
import { watched } from '../watch.ts'
import { readChatChunk, type CallDelta, type ChatChunk, type ChatUsage } from './chat-chunk.ts'
import { dataLines } from './data-lines.ts'
import type { End, Piece } from './piece.ts'

/** What has to be known of a turn to tell how it ended. */
export type Turn = {
  /** Makes names for calls that have none. */
  readonly id: string
  /** Did the client set an output limit? */
  readonly limited: boolean
  readonly promptCharacters: number
}

/** What was heard of a turn so far. */
type Heard = { spoken: number; thought: number; finishReason: string | null; usage: ChatUsage | null }

/** One model's chat stream as the pieces of an answer. */
export async function* turnPieces(
  body: ReadableStream<Uint8Array>,
  turn: Turn,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  const heard: Heard = { spoken: 0, thought: 0, finishReason: null, usage: null }
  const numbered = callNumbers(turn.id)
  for await (const data of dataLines(watched(body), signal)) {
    const chunk = readChatChunk(data)
    const pieces = chunk === null ? [failed(NO_CHUNK)] : piecesOf(chunk, numbered, heard)
    yield* pieces
    if (pieces.at(-1)?.kind === 'end') return
  }
  yield* endOf(turn, heard)
}

function piecesOf(chunk: ChatChunk, numbered: CallNumbers, heard: Heard): Piece[] {
  const { text, thought, finishReason, usage, error } = chunk
  if (error !== null) return [failed(error)]
  const calls = chunk.calls.map(numbered)
  if (!calls.every((call) => call !== null)) return [failed(NAMELESS)]
  heard.thought += thought.length
  heard.spoken += chunk.calls.reduce((sum, call) => sum + call.text.length, text.length)
  heard.finishReason = finishReason ?? heard.finishReason
  heard.usage = usage ?? heard.usage
  return [
    ...(thought === '' ? [] : [{ kind: 'thought' as const, text: thought }]),
    ...(text === '' ? [] : [{ kind: 'text' as const, text }]),
    ...calls,
  ]
}

function endOf(turn: Turn, heard: Heard): Piece[] {
  const { finishReason } = heard
  if (finishReason === null) return [failed(NO_FINISH)]
  const usage = countOf(turn, heard)
  const reason = INCOMPLETE[finishReason]
  if (reason === undefined) return [{ kind: 'end', end: { status: 'completed', usage } }]
  if (turn.limited) return [{ kind: 'end', end: { status: 'incomplete', reason, usage } }]
  // a client that set no limit takes any other ending for a broken stream, and asks for the same again and again
  return [
    { kind: 'text', text: `\n\n[The model's answer was cut off: ${finishReason}.]` },
    { kind: 'end', end: { status: 'completed', usage } },
  ]
}

const INCOMPLETE: Readonly<Record<string, 'max_output_tokens' | 'content_filter'>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
}

type CallNumbers = (delta: CallDelta) => Extract<Piece, { kind: 'call' }> | null

/** Numbers the calls of a turn, and names each as its first bit does. */
export function callNumbers(turnId: string): CallNumbers {
  const known: { id: string; name: string }[] = []
  const numberOf = numberCalls()
  return (delta) => {
    const call = numberOf(delta)
    if (call === null) return null
    const one = (known[call] ??= { name: delta.name, id: delta.id || `call_${turnId}_${call}` })
    return { kind: 'call', call, id: one.id, name: one.name, text: delta.text }
  }
}

const UpstreamError = z.union([
  z.string().transform((message) => ({ message, code: null })),
  z.looseObject({ message: z.string(), code: z.string().nullish().catch(null) }),
])

function failed(error: unknown): Piece {
  const read = UpstreamError.safeParse(error)
  const { message, code } = read.success
    ? read.data
    : { message: 'the upstream broke off its answer', code: null }
  const end: End = { status: 'failed', code: KEPT_CODES.has(code ?? '') ? code! : 'server_error', message }
  return { kind: 'end', end }
}

/** Codes that Codex acts on; it asks again at any other. */
const KEPT_CODES = new Set(['context_length_exceeded', 'insufficient_quota', 'invalid_prompt'])

const complaint = (message: string) => errorBody(new SwarmError('upstream', message)).error
const NO_CHUNK = complaint('the upstream sent something that is no chat chunk')
const NO_FINISH = complaint('the upstream ended its stream without a finish_reason')
const NAMELESS = complaint('the upstream called a tool without its name')

/** As the upstream counted, and where it did not, by the length of the text: agents shorten their history by it. */
function countOf({ promptCharacters }: Turn, { usage, spoken, thought }: Heard): Counted {
  return {
    prompt: usage?.prompt_tokens ?? estimateTokens(promptCharacters),
    cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    completion: usage?.completion_tokens ?? estimateTokens(spoken + thought),
    reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? (usage ? 0 : estimateTokens(thought)),
  }
}
