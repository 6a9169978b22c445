import type { Running } from '../tasks/runner.ts'
import type { ApiServices } from './services.ts'

/**
 * Counts who reads a task that a connection started. When the last one leaves, work goes on for a grace time: clients
 * whose socket dropped ask again at once. Then the task is cancelled.
 */
export type Audience = {
  /** The connection that started the task, or one that asked for the same. */
  open(task: Running): () => void
  /** One more reader, of a task somebody started. */
  join(task: Running): () => void
}

type Seats = { readers: number; returned: AbortController }

export function createAudience({ clock, graceMs }: Pick<ApiServices, 'clock' | 'graceMs'>): Audience {
  // tasks that no connection started have no seats: their readers come and go
  const house = new WeakMap<Running, Seats>()

  return {
    open(task) {
      if (!house.has(task)) house.set(task, { readers: 0, returned: new AbortController() })
      return enter(task)
    },
    join: enter,
  }

  function enter(task: Running): () => void {
    const seats = house.get(task)
    if (!seats) return () => {}
    seats.readers += 1
    seats.returned.abort()
    let left = false
    return () => {
      if (left) return
      left = true
      seats.readers -= 1
      if (seats.readers > 0 || task.state().status !== 'running') return
      seats.returned = new AbortController()
      void stopAfterGrace(task, seats.returned.signal)
    }
  }

  async function stopAfterGrace(task: Running, returned: AbortSignal): Promise<void> {
    if (graceMs > 0 && !(await passes(task, returned))) return
    task.cancel('the client left')
  }

  /** Does the grace time pass without a reader who comes back, and without the task's end? */
  async function passes(task: Running, returned: AbortSignal): Promise<boolean> {
    const ended = new AbortController()
    void task.done.then(() => ended.abort())
    return clock.sleep(graceMs, AbortSignal.any([returned, ended.signal])).then(
      () => true,
      // a sleep breaks off for these two reasons only
      () => false,
    )
  }
}
