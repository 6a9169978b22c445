import type { Running } from '../tasks/runner.ts'

/** Counts who reads a task that a connection started; the last to leave cancels it. */
export type Audience = {
  /** The connection that started the task. */
  open(task: Running): () => void
  /** One more reader, of a task somebody started. */
  join(task: Running): () => void
}

export function createAudience(): Audience {
  const readers = new WeakMap<Running, number>()

  return {
    open(task) {
      readers.set(task, 0)
      return enter(task)
    },
    join: enter,
  }

  function enter(task: Running): () => void {
    count(task, 1)
    let left = false
    return () => {
      if (left) return
      left = true
      count(task, -1)
      if (readers.get(task) === 0) task.cancel('the client left')
    }
  }

  /** Tasks that no connection started have no count: their readers come and go. */
  function count(task: Running, change: number): void {
    const before = readers.get(task)
    if (before !== undefined) readers.set(task, before + change)
  }
}
