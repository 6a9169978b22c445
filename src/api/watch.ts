import { Buffer } from 'node:buffer'
import { SwarmError } from '../core/errors.ts'
import { errorBody } from './faults.ts'
import { data } from './sse.ts'
import type { Valve } from './valve.ts'

/** Has the answer come to its end, or said itself why not? Inside a JSON string the quotes would be escaped. */
const FINISHED = /"finish_reason"\s*:\s*"/
const FAILED = /^data: ?\{"error"/m
const DONE_LINE = /^data: ?\[DONE\]/m
const LINE_END = 10

/** What is kept of a line that does not end; far more than a model says at once. */
const LONGEST_LINE = 8 * 1024 * 1024

export type Watch = Valve & {
  last(): string
  /** Has the answer said that it is complete? */
  isFinished(): boolean
  /** Does what has gone on end with an event's empty line? */
  isBetweenEvents(): boolean
}

/**
 * Lets an event stream's bytes go on as they are, line by whole line, and looks for its end. A stream that breaks off
 * without a `finish_reason` must not look complete: some clients would ask again for ever. It ends with one error object
 * instead.
 */
export function createWatch(): Watch {
  let held: Uint8Array[] = []
  let heldLength = 0
  let finished = false
  let shut = false
  /** The last three bytes that went on, as one number: a piece of them would keep all they came with in memory. */
  let tail = BLANK_LINE

  return {
    take(chunk, goOn) {
      if (shut) return
      const end = finished ? chunk.length : chunk.lastIndexOf(LINE_END) + 1
      if (end === 0) return hold(chunk)
      // only the line that came in two pieces is put together: copying all that follows would cost more than reading it
      const begun = held.length === 0 ? 0 : chunk.indexOf(LINE_END) + 1
      if (begun > 0) letGo(joined(chunk.subarray(0, begun)), goOn)
      if (begun < end && !shut) letGo(chunk.subarray(begun, end), goOn)
      if (end === chunk.length || shut) return
      const rest = chunk.subarray(end)
      if (finished) letGo(rest, goOn)
      else hold(rest)
    },
    isShut: () => shut,
    isFinished: () => finished,
    isBetweenEvents: () => (tail & 0xffff) === BLANK_LINE || tail === BLANK_LINE_OF_TWO,
    // the empty line first: the last event may lack its own
    last: () => (finished ? '' : `\n${data(BROKEN_OFF)}`),
    sign: () => null,
  }

  function hold(part: Uint8Array): void {
    held.push(part)
    heldLength += part.length
    if (heldLength > LONGEST_LINE) shut = true
  }

  function joined(end: Uint8Array): Uint8Array {
    const line = Buffer.concat([...held, end])
    held = []
    heldLength = 0
    return line
  }

  function letGo(bytes: Uint8Array, goOn: (bytes: Uint8Array) => void): void {
    const lines = finished ? bytes : upToTheEnd(bytes)
    if (lines.length === 0) return
    for (let at = Math.max(0, lines.length - 3); at < lines.length; at += 1) {
      tail = ((tail << 8) | lines[at]!) & 0xffffff
    }
    goOn(lines)
  }

  /** All of the lines, or those before a `[DONE]` that no `finish_reason` came before. */
  function upToTheEnd(lines: Uint8Array): Uint8Array {
    const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
    const text = bytes.toString('latin1')
    // what is rarely there is looked for in bytes, which takes a tenth of the time
    finished = FINISHED.test(text) || (bytes.includes(ERROR_BYTES) && FAILED.test(text))
    const done = !finished && bytes.includes(DONE_BYTES) ? DONE_LINE.exec(text) : null
    if (done === null) return lines
    shut = true
    return lines.subarray(0, done.index)
  }
}

/** The same as a stream, for whoever reads what an upstream says. */
export function watched(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const watch = createWatch()
  const reader = source.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const went: Uint8Array[] = []
      while (went.length === 0 && !watch.isShut()) {
        // a cut connection is a stream without an end, which is told below
        const step = await reader.read().catch(() => ENDED)
        if (step.done) return close(controller)
        watch.take(step.value, (bytes) => went.push(bytes))
      }
      for (const bytes of went) controller.enqueue(bytes)
      if (!watch.isShut()) return
      await reader.cancel()
      close(controller)
    },
    cancel: (reason) => reader.cancel(reason),
  })

  function close(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const last = watch.last()
    if (last !== '') controller.enqueue(Buffer.from(last))
    controller.close()
  }
}

const ENDED = { done: true, value: undefined } as const
const ERROR_BYTES = Buffer.from('{"error"')
const DONE_BYTES = Buffer.from('[DONE]')
const BLANK_LINE = 0x0a0a
/** The same where lines end with a carriage return too. */
const BLANK_LINE_OF_TWO = 0x0a0d0a

const BROKEN_OFF = errorBody(
  new SwarmError('upstream', 'the upstream ended its stream without a finish_reason'),
)
