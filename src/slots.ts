import { Semaphore } from 'async-mutex'

/** So many at once, first come first served. A slot is given back by disposing it. */
export type Slots = {
  readonly size: number
  readonly free: number
  /** Waits for a slot. Rejects with the signal's reason when it aborts, and the place in the queue is given up. */
  take(signal: AbortSignal): Promise<Disposable>
}

/** Bounded concurrency that an aborted caller can walk away from. */
export function createSlots(size: number): Slots {
  const semaphore = new Semaphore(size)
  return {
    size,
    get free() {
      return Math.max(0, semaphore.getValue())
    },
    take: (signal) => take(semaphore, signal),
  }
}

async function take(semaphore: Semaphore, signal: AbortSignal): Promise<Disposable> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const acquired = semaphore.acquire()
  try {
    const [, release] = await Promise.race([acquired, aborted])
    // async-mutex's release does nothing the second time
    return { [Symbol.dispose]: release }
  } catch (error) {
    // the semaphore cannot forget a waiter: when its turn comes, the slot goes straight on to the next
    void acquired.then(([, release]) => release())
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
