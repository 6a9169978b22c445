import type { Clock } from '../cascade/ports.ts'

/** Beats to a heartbeat: who has been silent for so many is never silent for longer than that. */
export const BEATS = 4

/** One beat for all: hundreds of streams that wait need no timer each. */
export type Pulse = {
  /** Calls at every beat, until the function it returns is called. */
  listen(onBeat: () => void): () => void
}

/** Beats while somebody listens. */
export function createPulse(everyMs: number, clock: Clock): Pulse {
  const listeners = new Set<() => void>()
  let resting = new AbortController()

  return {
    listen(onBeat) {
      listeners.add(onBeat)
      if (listeners.size === 1) {
        resting = new AbortController()
        void beat(resting.signal)
      }
      return () => {
        if (listeners.delete(onBeat) && listeners.size === 0) resting.abort()
      }
    },
  }

  async function beat(rest: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(everyMs, rest).catch((error: unknown) => {
        if (!rest.aborted) throw error
      })
      if (rest.aborted) return
      for (const onBeat of listeners) onBeat()
    }
  }
}

/** Resolves after so many beats; `stop` is called when nobody waits any more. */
export function beats(pulse: Pulse, count: number): { readonly passed: Promise<null>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<null>()
  let left = count
  const stop = pulse.listen(() => {
    left -= 1
    if (left === 0) resolve(null)
  })
  return { passed: promise, stop }
}
