import { Buffer } from 'node:buffer'
import { errorBody } from './faults.ts'
import { SwarmError } from '../core/errors.ts'
import { data } from './sse.ts'

/** Has the answer come to its end, or said itself why not? Inside a JSON string the quotes would be escaped. */
const ENDED = /"finish_reason"\s*:\s*"|^data: ?\{"error"/m
const DONE_LINE = /^data: ?\[DONE\]/m

/**
 * Relays an event stream's bytes, line by whole line, and looks for its end. A stream that breaks off without a
 * `finish_reason` must not look complete: some clients would ask again for ever. It ends with one error object instead.
 */
export function watched(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  let rest: Uint8Array = Buffer.alloc(0)
  let ended = false

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const chunk = await next()
        if (chunk === null) return finish(controller)
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
        const whole = ended ? bytes.length : bytes.lastIndexOf(LINE_END) + 1
        rest = bytes.subarray(whole)
        if (whole === 0) continue
        const lines = bytes.subarray(0, whole)
        const done = ended ? null : doneTooSoon(lines)
        if (done === null) return controller.enqueue(lines)
        if (done > 0) controller.enqueue(lines.subarray(0, done))
        await reader.cancel()
        return finish(controller)
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })

  async function next(): Promise<Uint8Array | null> {
    try {
      const step = await reader.read()
      return step.done ? null : step.value
    } catch {
      // a cut connection is a stream without an end, which is told below
      return null
    }
  }

  /** Where a `[DONE]` stands that no `finish_reason` came before; null when all is well so far. */
  function doneTooSoon(lines: Uint8Array): number | null {
    const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString('latin1')
    ended = ENDED.test(text)
    return ended ? null : (DONE_LINE.exec(text)?.index ?? null)
  }

  function finish(controller: ReadableStreamDefaultController<Uint8Array>): void {
    // the empty line first: the last event may lack its own
    const last = ended ? rest : Buffer.from(`\n${data(BROKEN_OFF)}`)
    if (last.length > 0) controller.enqueue(last)
    controller.close()
  }
}

const LINE_END = 10
const BROKEN_OFF = errorBody(
  new SwarmError('upstream', 'the upstream ended its stream without a finish_reason'),
)
