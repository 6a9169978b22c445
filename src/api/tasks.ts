import type { Context } from 'hono'
import { SwarmError } from '../core/errors.ts'
import { taskIdOf } from '../core/task-id.ts'
import type { EarlierChange, WorkspaceChoice } from '../core/task.ts'
import type { Running } from '../tasks/runner.ts'
import { sealedReceipt } from '../tasks/seal.ts'
import type { Front } from './chat.ts'
import { bodyOf, clientOf } from './connection.ts'
import { badRequest } from './faults.ts'
import { flightKey } from './flight-key.ts'
import { BEAT, HEARTBEAT_MS, withBeats } from './heartbeat.ts'
import type { ApiServices } from './services.ts'
import { KEEP_ALIVE, numbered, SSE_HEADERS } from './sse.ts'
import { joinedOrNew } from './start-task.ts'
import { readWorkflowBody } from './wire-format.ts'
import { chooseWorkspace, namedWorkspace } from './workspace-choice.ts'

/** What is known of a task: its state, its story, and the receipt. Only the receipt outlives the memory of it. */
export function getTask({ services }: Front): (c: Context) => Response {
  return (c) => {
    const kept = keptReceipt(c, services)
    if (kept) return c.json(kept)
    const task = findTask(c, services)
    const state = task.state()
    return c.json({
      id: task.id,
      status: state.status,
      state,
      receipt: sealedReceipt(state),
      story: task.story(),
    })
  }
}

/** A task's story over SSE: replayed, then followed. A reader who comes back gets the rest. */
export function followTask({ services, audience }: Front): (c: Context) => Response {
  return (c) => {
    const task = findTask(c, services)
    const from = firstUnread(c.req.header('last-event-id'))
    // the one answer that keeps a browser's EventSource from coming back for ever
    if (task.state().status !== 'running' && from >= task.story().length) return c.body(null, 204)
    const leave = audience.join(task)
    const body = bodyOf((signal) => storyLines(task, from, services, signal), clientOf(c), leave)
    return c.body(body, 200, SSE_HEADERS)
  }
}

/** Cancels a task, and answers when everything it had opened is closed. */
export function cancelTask({ services }: Front): (c: Context) => Promise<Response> {
  return async (c) => {
    const task = findTask(c, services)
    task.cancel('cancelled over the API')
    const { status } = await task.done
    return c.json({ id: task.id, status })
  }
}

/** The task form: a request and its owned files in, the story over SSE out. */
export function startWorkflow(front: Front): (c: Context) => Promise<Response> {
  const { services, audience } = front
  return async (c) => {
    const client = clientOf(c)
    const text = await c.req.text()
    const { request, filesOwned, allowTests, effort, budget, policy, workspace, upon } =
      readWorkflowBody(text)
    const header = c.req.header('x-quorum-workspace')
    const named = await namedWorkspace(
      [
        ...(workspace === undefined ? [] : [{ name: workspace, param: 'workspace' }]),
        ...(header === undefined ? [] : [{ name: header, param: 'x-quorum-workspace' }]),
      ],
      services,
    )
    const choice = await chooseWorkspace(named, [], services)
    const earlier = upon === undefined ? null : namedChange(c, upon, choice, front)
    const key = flightKey(c, text, { workspace: choice, upon: earlier?.task ?? null })
    const asked = { request, filesOwned, allowTests, effort, budget, conversation: '', workspace: choice }
    const more = { ...(policy && { policy }), ...(earlier && { upon: earlier }) }
    const task = await joinedOrNew(c, key, { ...asked, ...more }, front, client)
    front.earlier.began(c, task.id, null)
    const leave = audience.open(task)
    return c.body(
      bodyOf((signal) => storyLines(task, 0, services, signal), client, leave),
      200,
      SSE_HEADERS,
    )
  }
}

/** The change the caller wants to go on from. Throws 'bad-request' when there is none for him. */
function namedChange(c: Context, id: string, workspace: WorkspaceChoice, { earlier }: Front): EarlierChange {
  const change = earlier.named(c, taskIdOf(id), workspace)
  if (change) return change
  throw badRequest(`no change that task "${id}" delivered to you in this workspace is known here`, 'upon')
}

async function* storyLines(
  task: Running,
  from: number,
  { clock, heartbeatMs = HEARTBEAT_MS }: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const follow = (signal: AbortSignal) => task.entries(from, signal)
  yield KEEP_ALIVE
  for await (const item of withBeats(follow, heartbeatMs, clock, signal)) {
    yield item === BEAT ? KEEP_ALIVE : numbered(item)
  }
}

/** What the store has of a task that is forgotten otherwise. */
function keptReceipt(c: Context, { runner, receipt }: ApiServices) {
  const id = taskIdOf(c.req.param('id') ?? '')
  const kept = runner.get(id) ? null : receipt(id)
  return kept && { id, status: kept.status, receipt: kept }
}

function findTask(c: Context, { runner }: ApiServices): Running {
  const id = c.req.param('id')
  if (id === undefined) throw badRequest('name a task', 'id')
  const task = runner.get(taskIdOf(id))
  if (!task) throw new SwarmError('not-found', `no task "${id}" is remembered here`, { param: 'id' })
  return task
}

const firstUnread = (lastEventId: string | undefined): number =>
  /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) + 1 : 0
