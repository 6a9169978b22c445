import { createParser } from 'eventsource-parser'

/** Longest event taken from an upstream, in characters. */
const LONGEST_EVENT = 1_000_000
/** End of the body kept to see what a broken stream said last. */
const KEPT_CHARACTERS = 2_000

/** An event stream as it is being read: the `data` of its events, and the end of the body as it came. */
export type Listening = { events: AsyncIterable<string>; lastWords: () => string }

/** Reads an event stream. Whoever leaves the loop over its events closes the connection. */
export function listen(response: Response): Listening {
  let tail = ''
  async function* events(): AsyncGenerator<string> {
    const ready: string[] = []
    const parser = createParser({ onEvent: ({ data }) => ready.push(data), maxBufferSize: LONGEST_EVENT })
    const decoder = new TextDecoder()
    for await (const bytes of response.body ?? []) {
      const text = decoder.decode(bytes, { stream: true })
      // the parser drops, without a word, what is no event: a bare error, a web page
      tail = (tail + text).slice(-KEPT_CHARACTERS)
      parser.feed(text)
      yield* ready.splice(0)
    }
    // some servers forget the blank line after the last event
    parser.feed('\n\n')
    yield* ready
  }
  return { events: events(), lastWords: () => tail.trim() }
}
