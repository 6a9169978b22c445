import type { Clock } from '../../../src/cascade/ports.ts'

type Sleeper = { readonly at: number; wake(): void }

/**
 * Time that passes only while everybody sleeps. Nothing else in a simulation waits for the outside, so once a turn of the
 * event loop has drained all microtasks, the first sleeper is the next thing that happens.
 */
export function createVirtualClock(): Clock {
  let now = 0
  let isTurning = false
  const sleepers: Sleeper[] = []

  const turn = (): void => {
    const next = sleepers.shift()
    isTurning = next !== undefined
    if (!next) return
    now = Math.max(now, next.at)
    next.wake()
    setImmediate(turn)
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject: (reason: unknown) => void) => {
        if (signal.aborted) return reject(signal.reason)
        const leave = (): void => {
          sleepers.splice(sleepers.indexOf(sleeper), 1)
          reject(signal.reason)
        }
        const sleeper: Sleeper = {
          at: now + ms,
          wake() {
            signal.removeEventListener('abort', leave)
            resolve()
          },
        }
        // who went to bed first at the same time wakes first
        const place = sleepers.findIndex(({ at }) => at > sleeper.at)
        sleepers.splice(place < 0 ? sleepers.length : place, 0, sleeper)
        signal.addEventListener('abort', leave, { once: true })
        if (!isTurning) setImmediate(turn)
        isTurning = true
      }),
  }
}
