import type { Context } from 'hono'
import type { Task, WorkspaceChoice } from '../core/task.ts'
import { withoutNotes } from '../core/triage/wrapping.ts'
import type { Running } from '../tasks/runner.ts'
import { answerHeader } from './answer-header.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Front } from './chat.ts'
import { badRequest } from './faults.ts'
import { flightKey } from './flight-key.ts'
import type { Begun } from './flights.ts'
import type { Attachment } from './media/attachments.ts'
import { mediaFor } from './media/media-for.ts'
import { requireReady } from './readiness.ts'

/** The task that answers a request: the one that the same request started before, or a new one. Says which in the headers. */
export async function taskFor(
  c: Context,
  request: ChatRequest,
  workspace: WorkspaceChoice,
  front: Front,
  client: AbortSignal,
): Promise<Running> {
  const asked = taskText(request)
  const upon = front.earlier.find(c, request, workspace)
  const task = {
    request: asked,
    conversation: request.conversation,
    filesOwned: [],
    allowTests: request.allowTests,
    effort: request.effort,
    budget: request.budget,
    ...(request.policy && { policy: request.policy }),
    workspace,
    attachments: request.attachments,
    ...(upon && { upon }),
  }
  const key = flightKey(c, request.text, { workspace, upon: upon?.task ?? null })
  const running = await joinedOrNew(c, key, task, front, client)
  front.earlier.began(c, running.id, request)
  return running
}

/** The task that goes by this key, if there is one that can still be joined, or this one, begun. */
export async function joinedOrNew(
  c: Context,
  key: string | null,
  { attachments = [], ...task }: Asked,
  { services, flights, readiness }: Front,
  client: AbortSignal,
): Promise<Running> {
  const joined = key === null ? null : await flights.find(key, task.workspace, client)
  if (joined) return announced(c, { task: joined, isNew: false })

  await requireReady(readiness)
  const media = await mediaFor(attachments, services, client)
  client.throwIfAborted()
  const start = (): Running => services.runner.start({ ...task, ...(media.length > 0 && { media }) })
  return announced(c, key === null ? { task: start(), isNew: true } : flights.begin(key, start))
}

/** A task before it has its id, and what came with it before anybody has looked at that. */
type Asked = Omit<Task, 'id' | 'media'> & { readonly attachments?: readonly Attachment[] }

function announced(c: Context, { task, isNew }: Begun): Running {
  answerHeader(c, 'x-quorum-route', isNew ? 'task' : `task; joined ${stageOf(task)}`)
  answerHeader(c, 'x-quorum-task', task.id)
  return task
}

const stageOf = (task: Running): string => (task.state().status === 'running' ? 'running' : 'finished')

/** "Make this faster" means the file beside it, so the request keeps the names of the files it came with. */
function taskText({ asked: told, files, tools }: ChatRequest): string {
  const asked = tools.length > 0 ? withoutNotes(told) : told
  if (asked === '') throw badRequest('the last user message asks for nothing', 'messages')
  if (files.length === 0) return asked
  return `${asked}\n\nAttached files: ${files.map(({ path }) => path).join(', ')}`
}
