import { Semaphore } from 'async-mutex'
import { abortable } from './abortable.ts'

/** So many at once. A slot is given back by disposing it. */
export type Slots = {
  readonly size: number
  readonly free: number
  /**
   * Waits for a slot; those who wait are served in turn, one of each `who`, so that somebody with a hundred waiters does
   * not starve somebody with one. Rejects with the signal's reason when it aborts, and the place in the queue is given up.
   */
  take(signal: AbortSignal, who?: string): Promise<Disposable>
}

/** Bounded concurrency that is fair to all, and that an aborted caller can walk away from. */
export function createSlots(size: number): Slots {
  const semaphore = new Semaphore(size)
  const turns = createTurns()
  return {
    size,
    get free() {
      return Math.max(0, semaphore.getValue())
    },
    async take(signal, who = '') {
      signal.throwIfAborted()
      const turn = turns.next(who)
      try {
        const slot = await take(semaphore, turn, signal)
        turns.served(turn)
        return slot
      } finally {
        turns.leave(who, turn)
      }
    },
  }
}

async function take(semaphore: Semaphore, turn: number, signal: AbortSignal): Promise<Disposable> {
  // of those who wait, the highest priority is served first
  const acquired = semaphore.acquire(1, -turn)
  try {
    const [, release] = await abortable(acquired, signal)
    // async-mutex's release does nothing the second time
    return { [Symbol.dispose]: release }
  } catch (error) {
    // the semaphore cannot forget a waiter: when its turn comes, the slot goes straight on to the next
    void acquired.then(([, release]) => release())
    throw error
  }
}

/** Numbers turns so that each who waits has one of every number: start-time fair queueing, with slots for bandwidth. */
function createTurns() {
  const last = new Map<string, number>()
  let now = 0
  return {
    next(who: string): number {
      const turn = Math.max(now, (last.get(who) ?? -1) + 1)
      last.set(who, turn)
      return turn
    },
    served(turn: number): void {
      now = Math.max(now, turn)
    },
    /** Who has nobody waiting any more begins anew. */
    leave(who: string, turn: number): void {
      if (last.get(who) === turn) last.delete(who)
    },
  }
}
