import type { Context } from 'hono'
import { SwarmError } from '../../core/errors.ts'
import { BEAT, HEARTBEAT_MS, withBeats } from '../heartbeat.ts'
import { isEventStream, passOn } from '../pass-on.ts'
import type { ApiServices, Relayed } from '../services.ts'
import type { ResponsesBody } from './body.ts'
import type { Piece } from './piece.ts'
import { reply } from './reply.ts'
import { createTelling } from './telling.ts'
import { turnPieces, type Turn } from './turn.ts'

/** A turn for one model: its chat stream, told in the events of the newer protocol. */
export function answerTurn(
  c: Context,
  asked: ResponsesBody,
  { answer, promptCharacters }: { answer: Relayed; promptCharacters: number },
  services: ApiServices,
  client: AbortSignal,
): Promise<Response> | Response {
  if (answer.status >= 400) return passOn(c, answer)
  if (!isEventStream(answer.contentType)) {
    throw new SwarmError('upstream', `the upstream answered a stream's request with ${answer.contentType}`)
  }
  const turn = { id: c.get('requestId'), limited: isLimited(asked), promptCharacters }
  const createdAt = Math.floor(services.clock.now() / 1000)
  return reply(c, {
    telling: createTelling({ id: `resp_${turn.id}`, createdAt, asked }),
    pieces: (signal) => beatingPieces(answer.body, turn, services, signal),
    stream: asked.stream === true,
    client,
  })
}

const isLimited = ({ max_output_tokens: limit }: ResponsesBody): boolean =>
  limit !== undefined && limit !== null

async function* beatingPieces(
  body: ReadableStream<Uint8Array>,
  turn: Turn,
  { clock, heartbeatMs = HEARTBEAT_MS }: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  const read = (signal: AbortSignal) => turnPieces(body, turn, signal)
  for await (const piece of withBeats(read, heartbeatMs, clock, signal)) {
    yield piece === BEAT ? { kind: 'beat' } : piece
  }
}
