import { SwarmError } from '../core/errors.ts'
import type { Budget, Usage } from '../core/task.ts'
import type { Clock } from './ports.ts'

export type Spent = { readonly budget: 'tokens' | 'seconds'; readonly limit: number }

/** What a task has used of what it may. */
export type Meter = Disposable & {
  add(usage: Usage): void
  /** The limit that is reached; null while nothing is. */
  spent(): Spent | null
  /** Aborts when no model may be asked any more. */
  readonly calls: AbortSignal
  /** Aborts when the time is up: then nothing is waited for. */
  readonly time: AbortSignal
}

/** Starts counting; disposing ends its timer. */
export function startMeter({ tokens, seconds }: Budget, clock: Clock): Meter {
  const [calls, time, stopped] = [new AbortController(), new AbortController(), new AbortController()]
  let used = 0
  let spent: Spent | null = null
  const spend = (what: Spent): void => {
    spent ??= what
    const reason = new SwarmError('cancelled', `the limit of ${what.limit} ${what.budget} is reached`)
    calls.abort(reason)
    if (what.budget === 'seconds') time.abort(reason)
  }
  if (seconds !== null) {
    clock.sleep(seconds * 1000, stopped.signal).then(
      () => spend({ budget: 'seconds', limit: seconds }),
      () => {}, // stopped before the time was up
    )
  }
  return {
    add({ promptTokens, completionTokens }) {
      used += promptTokens + completionTokens
      if (tokens !== null && used >= tokens) spend({ budget: 'tokens', limit: tokens })
    },
    spent: () => spent,
    calls: calls.signal,
    time: time.signal,
    [Symbol.dispose]: () => stopped.abort(),
  }
}
