type Racer<Event, Result> = AsyncGenerator<Event, Result, void>
type Step<Event, Result> = {
  racer: Racer<Event, Result>
  next: IteratorResult<Event, Result> | { failed: unknown }
}

/**
 * Runs generators side by side and forwards their events, until `enough` of their results are in; the rest are
 * cancelled. Returns the results in the order they came.
 *
 * `generator.return()` cannot interrupt an `await`, only a signal can. So losers are aborted first, and then waited
 * for: what they still tell while cleaning up is forwarded, and nothing of theirs is left when this returns or throws.
 */
export async function* race<Event, Result>(
  entrants: readonly ((signal: AbortSignal) => Racer<Event, Result>)[],
  enough: (results: readonly Result[]) => boolean,
  signal: AbortSignal,
): AsyncGenerator<Event, Result[], void> {
  signal.throwIfAborted()
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const running = new Map<Racer<Event, Result>, Promise<Step<Event, Result>>>()
  const results: Result[] = []
  let broken: { failed: unknown } | null = null
  try {
    for (const enter of entrants) {
      const racer = enter(either)
      running.set(racer, pull(racer))
    }
    while (running.size > 0 && !broken && !enough(results)) {
      const { racer, next } = await Promise.race(running.values())
      running.delete(racer)
      if ('failed' in next) {
        broken = next
        continue
      }
      if (next.done) {
        results.push(next.value)
        continue
      }
      running.set(racer, Promise.resolve({ racer, next }))
      yield next.value
      running.set(racer, pull(racer))
    }
    stop.abort(new Error('decided'))
    for (const [racer, step] of running) yield* lastWords(racer, step)
    signal.throwIfAborted()
    if (broken) throw broken.failed
    return results
  } finally {
    stop.abort(new Error('over'))
    await Promise.all([...running].map(([racer, step]) => finish(racer, step)))
  }
}

/** The next step as a value, so that a loser that throws later never becomes an unhandled rejection. */
const pull = <Event, Result>(racer: Racer<Event, Result>): Promise<Step<Event, Result>> =>
  racer.next().then(
    (next) => ({ racer, next }),
    (failed: unknown) => ({ racer, next: { failed } }),
  )

/** A cancelled racer to its end, telling what it tells. It is expected to throw its abort; its result is nobody's. */
async function* lastWords<Event, Result>(
  racer: Racer<Event, Result>,
  step: Promise<Step<Event, Result>>,
): AsyncGenerator<Event, void, void> {
  for (let { next } = await step; !('failed' in next) && !next.done; { next } = await pull(racer))
    yield next.value
}

/** A cancelled racer to its end when nobody listens any more. */
async function finish<Event, Result>(
  racer: Racer<Event, Result>,
  step: Promise<Step<Event, Result>>,
): Promise<void> {
  const words = lastWords(racer, step)
  while (!(await words.next()).done);
}
