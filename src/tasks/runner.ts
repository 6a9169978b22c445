import { SwarmError } from '../core/errors.ts'
import type { Entry, SwarmEvent } from '../core/event.ts'
import { initial, reduce, type TaskState } from '../core/state.ts'
import type { Outcome, Task } from '../core/task.ts'
import { createLog } from './log.ts'

/** A task under way, or one that ended and is still remembered. */
export type Running = {
  readonly id: string
  /** The story from `from` on: replayed, then followed to its end. An abort of the reader's signal throws. */
  entries(from: number, signal: AbortSignal): AsyncGenerator<Entry, void, void>
  /** What was told so far. */
  story(): Entry[]
  state(): TaskState
  cancel(reason: string): void
  /** Has somebody told it to stop? It may still be cleaning up. */
  isCancelled(): boolean
  /** Never rejects; resolves when the story has ended and everything opened for it is closed. */
  readonly done: Promise<TaskState>
}

export type Runner = {
  /** Throws SwarmError 'overloaded' beyond `maxTasks`. */
  start(task: Omit<Task, 'id'>): Running
  get(id: string): Running | undefined
  /** Every remembered task, oldest first. */
  list(): TaskState[]
  /** Cancels all tasks and waits for their cleanup. */
  close(): Promise<void>
}

export type RunnerOptions = {
  cascade: (task: Task, signal: AbortSignal) => AsyncGenerator<SwarmEvent, Outcome, void>
  /** Milliseconds since the epoch. */
  now: () => number
  newId: () => string
  /** Told of every entry as it is written; one that throws does not break the story. */
  readers: readonly ((entry: Entry) => void)[]
  /** Told of what should never happen: a bug in the cascade, a reader that throws. */
  onBug?: (error: unknown, taskId: string) => void
  maxTasks: number
  keepTasks: number
}

/** Runs tasks: pulls the cascade, writes every event down, and alone ends a story. */
export function createRunner(options: RunnerOptions): Runner {
  const { now, newId, maxTasks } = options
  const log = createLog(options.keepTasks)
  const tasks = new Map<string, Running>()
  let closed = false

  return {
    start(asked) {
      if (closed) throw new SwarmError('overloaded', 'the server is shutting down')
      const running = [...tasks.values()].filter((task) => task.state().status === 'running').length
      if (running >= maxTasks) {
        throw new SwarmError(
          'overloaded',
          `${running} tasks are running and ${maxTasks} are allowed; try again later`,
        )
      }
      const task = run({ ...asked, id: newId() })
      tasks.set(task.id, task)
      return task
    },
    get: (id) => tasks.get(id),
    list: () => [...tasks.values()].map((task) => task.state()),
    async close() {
      closed = true
      for (const task of tasks.values()) task.cancel('the server is shutting down')
      await Promise.all([...tasks.values()].map((task) => task.done))
    },
  }

  function run(task: Task): Running {
    const { id } = task
    const cancelled = new AbortController()
    let state = initial(id)
    let seq = 0
    let why: string | null = null

    tell({
      type: 'task_created',
      request: task.request,
      filesOwned: task.filesOwned,
      allowTests: task.allowTests,
      effort: task.effort,
      budget: task.budget,
      workspace: task.workspace,
    })
    return {
      id,
      entries: (from, signal) => log.follow(id, from, signal),
      story: () => log.read(id, 0) ?? [],
      state: () => state,
      cancel(reason) {
        why ??= reason
        cancelled.abort(new SwarmError('cancelled', why))
      },
      isCancelled: () => cancelled.signal.aborted,
      done: play(),
    }

    function tell(event: SwarmEvent): void {
      const at = now()
      state = reduce(state, { event, at })
      const entry: Entry = { seq, at, taskId: id, attempt: state.attempt, tier: state.tier, event }
      seq += 1
      log.append(entry)
      for (const reader of options.readers) inform(reader, entry)
    }

    async function play(): Promise<TaskState> {
      tell(await ending())
      forgetDropped()
      return state
    }

    async function ending(): Promise<SwarmEvent> {
      try {
        const outcome = await tellAll()
        // a cascade that came to its end while it was being cancelled has still been cancelled
        cancelled.signal.throwIfAborted()
        return outcomeEvent(outcome)
      } catch (error) {
        return faultEvent(error)
      }
    }

    async function tellAll(): Promise<Outcome> {
      const story = options.cascade(task, cancelled.signal)
      for (;;) {
        const step = await story.next()
        if (step.done) return step.value
        tell(step.value)
      }
    }

    function faultEvent(error: unknown): SwarmEvent {
      const abort = { type: 'task_abort', outcome: null } as const
      if (why !== null) return { ...abort, cause: 'cancelled', reason: why }
      if (error instanceof SwarmError) return { ...abort, cause: 'fault', reason: error.message }
      reportBug(error)
      return { ...abort, cause: 'fault', reason: 'internal error' }
    }

    /** A broken reader must not end a story that others are reading. */
    function inform(reader: (entry: Entry) => void, entry: Entry): void {
      try {
        reader(entry)
      } catch (error) {
        reportBug(error)
      }
    }

    function reportBug(error: unknown): void {
      try {
        options.onBug?.(error, id)
      } catch {
        // nobody is left to tell
      }
    }
  }

  function forgetDropped(): void {
    for (const id of tasks.keys()) if (log.read(id, Infinity) === undefined) tasks.delete(id)
  }
}

const outcomeEvent = (outcome: Outcome): SwarmEvent =>
  outcome.kind === 'abstained'
    ? { type: 'task_abort', cause: 'gave-up', reason: outcome.reason, outcome }
    : { type: 'task_complete', outcome }
