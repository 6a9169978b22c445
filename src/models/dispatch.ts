import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher, Pool } from 'undici'

/** An answer's bytes, given to one taker as they come: no stream in between, which would cost more than the bytes. */
export type Source = {
  /** Begins. Nothing is lost of what has come before. */
  flow(taker: Taker): void
  pause(): void
  resume(): void
  /** Closes the connection; the taker hears that the answer is not whole. */
  destroy(): void
}
export type Taker = { take(chunk: Uint8Array): void; end(isWhole: boolean): void }

export type Begun = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly source: Source
}

/** Sends a request, and returns when its answer begins. An abort closes the connection in every phase. */
export async function dispatch(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Begun> {
  const begun = Promise.withResolvers<Begun>()
  /** What came before there was anybody to take it. */
  const waiting: Uint8Array[] = []
  let controller: Dispatcher.DispatchController | null = null
  let taker: Taker | null = null
  let isWhole: boolean | null = null
  let isPaused = false

  const source: Source = {
    flow(next) {
      taker = next
      for (const chunk of waiting.splice(0)) next.take(chunk)
      if (isWhole !== null) next.end(isWhole)
      else if (!isPaused) controller?.resume()
    },
    pause() {
      isPaused = true
      controller?.pause()
    },
    resume() {
      isPaused = false
      controller?.resume()
    },
    destroy() {
      // its connection serves the next one
      if (isWhole === null) controller?.abort(new Error('the answer is not wanted any more'))
    },
  }
  signal.addEventListener('abort', onAbort, { once: true })
  pool.dispatch(options, {
    onRequestStart(given) {
      controller = given
      if (signal.aborted) onAbort()
    },
    onResponseStart(given, status, headers) {
      if (status < 200) return
      given.pause()
      begun.resolve({ status, headers, source })
    },
    // an upstream that closes has what it sent delivered, paused or not
    onResponseData: (_, chunk) => void (taker ? taker.take(chunk) : waiting.push(chunk)),
    onResponseEnd: () => end(true),
    onResponseError(_, error) {
      begun.reject(error)
      end(false)
    },
  })
  return begun.promise

  function onAbort(): void {
    const reason = signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
    // one that waits for a connection has no controller yet
    begun.reject(reason)
    controller?.abort(reason)
  }

  function end(how: boolean): void {
    signal.removeEventListener('abort', onAbort)
    if (isWhole !== null) return
    isWhole = how
    taker?.end(how)
  }
}
