import { SwarmError } from '../core/errors.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Exit code of a command that was interrupted. */
export const INTERRUPTED = 130

/** Aborts at the first request to stop, so that everything can be put away; a second one ends the process at once. */
export function onInterrupt(): Disposable & { readonly signal: AbortSignal } {
  const interrupt = new AbortController()
  const stop = (name: NodeJS.Signals): void => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED)
    interrupt.abort(new SwarmError('cancelled', `stopped by ${name}`))
  }
  for (const name of SIGNALS) process.on(name, stop)
  return {
    signal: interrupt.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, stop)
    },
  }
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
