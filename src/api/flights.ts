import type { WorkspaceChoice } from '../core/task.ts'
import type { Running } from '../tasks/runner.ts'
import type { ApiServices } from './services.ts'

/** Tasks by what was asked, so that the same request again takes no second one. */
export type Flights = {
  /** The task that works on this already, or has its answer; null when there is none, or its files have changed since. */
  find(key: string, workspace: WorkspaceChoice, signal: AbortSignal): Promise<Running | null>
  /** Starts a task; where another caller was quicker, it is that one's. */
  begin(key: string, start: () => Running): Begun
}

export type Begun = { readonly task: Running; readonly isNew: boolean }

type Flight = { readonly taskId: string; landedAt: number | null }
type Needs = Pick<ApiServices, 'runner' | 'workspaces' | 'clock' | 'joinMs'>

/** Clients repeat themselves without saying so: a time-out, a dropped socket, a second click. */
export function createFlights({ runner, workspaces, clock, joinMs }: Needs): Flights {
  // ids and no tasks: what the runner forgets is not held here
  const flights = new Map<string, Flight>()

  return {
    async find(key, workspace, signal) {
      const flight = flights.get(key)
      const task = aboard(flight)
      if (!task) return null
      // looking at the files takes a moment, in which the task may have been cancelled
      if (await isOfToday(task, workspace, signal)) return aboard(flight)
      if (flights.get(key) === flight) flights.delete(key)
      return null
    },
    begin(key, start) {
      const quicker = aboard(flights.get(key))
      if (quicker) return { task: quicker, isNew: false }
      sweep()
      const task = start()
      const flight: Flight = { taskId: task.id, landedAt: null }
      flights.set(key, flight)
      void task.done.then(() => (flight.landedAt = clock.now()))
      return { task, isNew: true }
    },
  }

  /** A flight's task, while there is something to be had from it. */
  function aboard(flight: Flight | undefined): Running | null {
    const task = flight && runner.get(flight.taskId)
    if (!task) return null
    const { status } = task.state()
    if (status === 'running') return task.isCancelled() ? null : task
    // what broke off has no answer: it is tried anew
    if (status === 'cancelled' || status === 'failed') return null
    const landedAt = flight.landedAt ?? clock.now()
    return clock.now() - landedAt < joinMs ? task : null
  }

  /** Were the files, when the task froze them, what they are now? One that has not come so far freezes them about now. */
  async function isOfToday(task: Running, workspace: WorkspaceChoice, signal: AbortSignal): Promise<boolean> {
    const frozen = task.state().workspace
    // files that came with the request are part of its key
    if (frozen === null || workspace.kind === 'files') return true
    return (await workspaces.baseOf(workspace.name, signal)) === frozen.base
  }

  function sweep(): void {
    for (const [key, flight] of flights) if (!runner.get(flight.taskId)) flights.delete(key)
  }
}
