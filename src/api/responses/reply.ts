import type { Context } from 'hono'
import { bodyOf } from '../connection.ts'
import { SSE_HEADERS } from '../sse.ts'
import type { Piece } from './piece.ts'
import type { Telling } from './telling.ts'

/** Where an answer comes from, and where it goes. */
export type Reply = {
  readonly telling: Telling
  readonly pieces: (signal: AbortSignal) => AsyncGenerator<Piece, void, void>
  readonly stream: boolean
  readonly client: AbortSignal
  /** Called once, however the reply ends. */
  readonly ended?: () => void
}

/** Answers with the events of a stream, or with one object, as the client asked. */
export function reply(c: Context, { telling, pieces, stream, client, ended }: Reply): Response {
  const render = stream ? asEvents : asObject
  const body = bodyOf((signal) => render(pieces(signal), telling), client, ended)
  return c.body(body, 200, stream ? SSE_HEADERS : { 'content-type': 'application/json' })
}

type Pieces = AsyncGenerator<Piece, void, void>

async function* asEvents(pieces: Pieces, telling: Telling): AsyncGenerator<string, void, void> {
  yield telling.begin().join('')
  for await (const piece of pieces) yield* telling.tell(piece)
}

/** White space while the answer grows, so that nobody on the way takes it for dead. */
async function* asObject(pieces: Pieces, telling: Telling): AsyncGenerator<string, void, void> {
  yield '\n'
  for await (const piece of pieces) {
    telling.tell(piece)
    if (piece.kind === 'beat') yield ' '
  }
  yield JSON.stringify(telling.object())
}
