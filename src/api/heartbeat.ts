import type { Clock } from '../cascade/ports.ts'

/** The longest silence unless configured otherwise. */
export const HEARTBEAT_MS = 10_000

/** Editors give up on a stream without a real word after 60 s; comments do not count everywhere. */
export const SILENCE_MS = 30_000

export const BEAT = Symbol('beat')

/** Passes items on, and a beat every `everyMs` whether or not there were any. */
export async function* withBeats<Item>(
  source: (signal: AbortSignal) => AsyncGenerator<Item, void, void>,
  everyMs: number,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Item | typeof BEAT, void, void> {
  const stop = new AbortController()
  const stopped = AbortSignal.any([signal, stop.signal])
  const items = source(stopped)
  let item = handled(items.next())
  let beat = handled(clock.sleep(everyMs, stopped))
  try {
    for (;;) {
      const first = await Promise.race([item, beat])
      // a sleep has no result
      if (!first) {
        beat = handled(clock.sleep(everyMs, stopped))
        yield BEAT
        continue
      }
      if (first.done) return
      item = handled(items.next())
      yield first.value
    }
  } finally {
    stop.abort()
    await items.return()
  }
}

/** Whoever waits for the promise gets its rejection; when nobody does any more, it is no news. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
