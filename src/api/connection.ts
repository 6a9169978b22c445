import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { SwarmError } from '../core/errors.ts'

/** Aborts when the client hangs up, in whatever phase the answer is. */
export function clientOf(c: Context): AbortSignal {
  const { outgoing }: Partial<HttpBindings> = c.env
  if (!outgoing) return c.req.raw.signal
  const left = new AbortController()
  const onClose = (): void => {
    if (!outgoing.writableFinished) left.abort(new SwarmError('cancelled', 'the client hung up'))
  }
  if (outgoing.destroyed) onClose()
  else outgoing.once('close', onClose)
  return left.signal
}

const encoder = new TextEncoder()

/**
 * The bytes of an answer, one write per chunk. A pending `await` cannot be interrupted by closing the generator, so
 * when the client leaves its signal aborts first. `ended` is called once, however it ends.
 */
export function bodyOf(
  produce: (signal: AbortSignal) => AsyncGenerator<string, void, void>,
  client: AbortSignal,
  ended: () => void = () => {},
): ReadableStream<Uint8Array> {
  const left = new AbortController()
  const signal = AbortSignal.any([client, left.signal])
  const chunks = produce(signal)
  signal.addEventListener('abort', ended, { once: true })
  if (signal.aborted) ended()

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const step = await chunks.next()
        if (!step.done) return controller.enqueue(encoder.encode(step.value))
        ended()
        controller.close()
      } catch (error) {
        ended()
        // nobody is left to read the rest
        if (!signal.aborted) throw error
        controller.error(signal.reason)
      }
    },
    async cancel() {
      left.abort(new SwarmError('cancelled', 'the client hung up'))
      await chunks.return()
    },
  })
}
