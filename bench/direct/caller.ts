import { Pool } from 'undici'
import type { Wish } from './upstream.ts'

/** A client of one target, with its own connections. */
export type Caller = AsyncDisposable & {
  readonly name: string
  call(wish: Wish, options?: CallOptions): Promise<Call>
}

export type CallOptions = {
  /** Characters of the prompt beside the question. */
  readonly promptLength?: number
  readonly signal?: AbortSignal
  /** Told of each piece as it comes; false stops reading. */
  readonly onData?: (piece: Buffer) => boolean | void
}

export type Call = { readonly firstMs: number; readonly totalMs: number; readonly body: Buffer }

/** Calls a target's chat completions. */
export function createCaller(name: string, url: string, model: string): Caller {
  const pool = new Pool(url, {
    connections: null,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeoutThreshold: 3_000,
  })
  return {
    name,
    async call(wish, { promptLength = 0, signal, onData } = {}) {
      const body = bodyOf(model, wish, promptLength)
      const startedAt = performance.now()
      const response = await pool.request({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json' },
        body,
        signal: signal ?? null,
      })
      if (response.statusCode !== 200) throw new Error(`${name} answered ${response.statusCode}`)
      const pieces: Buffer[] = []
      let firstMs = 0
      await new Promise<void>((resolve, reject) => {
        response.body.on('data', (piece: Buffer) => {
          if (firstMs === 0) firstMs = performance.now() - startedAt
          if (onData?.(piece) === false) response.body.pause()
          else if (!onData) pieces.push(piece)
        })
        response.body.once('end', resolve)
        response.body.once('error', reject)
      })
      return { firstMs, totalMs: performance.now() - startedAt, body: Buffer.concat(pieces) }
    },
    [Symbol.asyncDispose]: async () => pool.destroy(),
  }
}

/** The wish comes last: the upstream looks for it in the last few bytes only. */
function bodyOf(model: string, wish: Wish, promptLength: number): string {
  const content = `hello there${PROSE.repeat(Math.ceil(promptLength / PROSE.length))}`
  const messages = [{ role: 'user', content }]
  return JSON.stringify({ model, stream: wish.kind !== 'whole', messages, bench: wish })
}

const PROSE = 'It was "quiet" in the house;\nnobody said a word about the parser. '
