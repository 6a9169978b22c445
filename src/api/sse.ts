import type { Entry } from '../core/event.ts'

/** Headers of a stream that nobody on the way may hold back. */
export const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const

export const KEEP_ALIVE = ': keep-alive\n\n'
export const DONE = 'data: [DONE]\n\n'

/** One unnamed event: several clients break off at a named one. */
export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

/** One entry of a story, numbered so that a reader can come back for the rest. */
export const numbered = (entry: Entry): string => `id: ${entry.seq}\n${data(entry)}`

/**
 * Cuts text so that each piece fits a 16 KiB line: a UTF-16 unit is at most 6 bytes in JSON. A pair of units that
 * makes one character stays together.
 */
export function* pieces(text: string): Generator<string, void, void> {
  for (let from = 0; from < text.length;) {
    const end = from + UNITS_PER_LINE
    const to = isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end
    yield text.slice(from, to)
    from = to
  }
}

const UNITS_PER_LINE = 2_600
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
