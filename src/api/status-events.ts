import type { TaskState, TaskStatus } from '../core/state.ts'
import { oneLine } from '../core/wording.ts'

/**
 * What Open WebUI shows as a line under a message: it hands the `event` of a chunk to its page. Chunks that hold one
 * have no choices, and go to nobody else.
 */
export type StatusEvent = {
  readonly type: 'status'
  readonly data: { readonly description: string; readonly done: boolean }
}

/** What is going on. */
export const statusOf = (line: string): StatusEvent => ({
  type: 'status',
  data: { description: oneLine(line), done: false },
})

/** How it ended; until this is told the page shows the line as moving. */
export const lastStatus = ({ status }: TaskState): StatusEvent => ({
  type: 'status',
  data: { description: ENDINGS[status], done: true },
})

const ENDINGS = {
  verified: 'the change passed every check',
  unverified: 'there is a change, and it is not proven',
  abstained: 'no change to recommend',
  cancelled: 'cancelled',
  failed: 'broke off',
  running: 'still at work',
} as const satisfies Record<TaskStatus, string>
