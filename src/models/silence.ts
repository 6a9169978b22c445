import { SwarmError } from '../core/errors.ts'

export type Silence = Disposable & {
  /** Aborts with SwarmError 'timeout' when what was expected did not come. */
  readonly signal: AbortSignal
  /** From now on, this is being waited for, and for so long. Called anew at every sign of life. */
  expect(what: string, withinMs: number): void
}

/** Watches that somebody who should be talking is. */
export function watchSilence(who: string): Silence {
  const controller = new AbortController()
  let expected = ''
  let timer: NodeJS.Timeout | undefined
  return {
    signal: controller.signal,
    expect(what, withinMs) {
      // thousands of tokens a second: the same wait begun anew is the same timer wound up again
      if (timer && what === expected) {
        timer.refresh()
        return
      }
      clearTimeout(timer)
      expected = what
      const message = `${who} was silent for ${withinMs / 1000} s while ${what} was expected`
      timer = setTimeout(() => controller.abort(new SwarmError('timeout', message)), withinMs)
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}
