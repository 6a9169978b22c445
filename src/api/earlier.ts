import type { Context } from 'hono'
import { z } from 'zod'
import { claimsIn, type Claim, type ClaimTurn } from '../core/claim.ts'
import { readMessageFiles } from '../core/message-files.ts'
import { patchOf } from '../core/receipt.ts'
import type { TaskState } from '../core/state.ts'
import type { EarlierChange, WorkspaceChoice } from '../core/task.ts'
import { sha256 } from '../tasks/seal.ts'
import { setBounded } from './bounded.ts'
import { callerOf } from './caller.ts'
import type { ChatRequest } from './chat-request.ts'
import type { ApiServices } from './services.ts'
import { sessionOf } from './session.ts'
import { createSessions } from './sessions.ts'
import { textOf, type ChatBody } from './wire-format.ts'

/** A delivered change, and where it was made: the name of a workspace, or null for files that came with the request. */
export type Delivered = {
  readonly change: EarlierChange
  readonly workspace: string | null
  readonly seal: string | null
}

/** Which delivered change a request goes on from. */
export type EarlierTasks = {
  /**
   * The last change that was delivered in this conversation, to this caller and from this workspace (null: from any),
   * whatever is asked for next: people go on from what they got. The conversation itself is asked first; the client's
   * session only where that is silent, and only about what was asked earlier in this very conversation. Whether the change
   * still fits onto the files is found out when they are opened.
   */
  find(c: Context, request: ChatRequest, workspace: WorkspaceChoice | null): EarlierChange | null
  /** The change of the task that a caller named, where it is his. */
  named(c: Context, taskId: string, workspace: WorkspaceChoice): EarlierChange | null
  /** A caller has got this task; without a request it belongs to no conversation. */
  began(c: Context, taskId: string, request: ChatRequest | null): void
  /** Is it his? */
  isTheirs(c: Context, taskId: string): boolean
}

/** Tasks whose callers are remembered: some more than the runner remembers of them. */
const MOST_OWNERS = 2_000

/** Remembers who got which task in which session. Ids and hashes only: what was delivered is kept elsewhere. */
export function createEarlierTasks({
  runner,
  delivered,
}: Pick<ApiServices, 'runner' | 'delivered'>): EarlierTasks {
  const owners = new Map<string, string>()
  const sessions = createSessions()

  return {
    find(c, { body }, workspace) {
      // what the conversation names last is what it goes on from, or nothing is: never something older
      for (const claim of claimsIn(body.messages.map(claimTurn)))
        if (claim.isSure || owners.has(claim.task)) return open(c, claim, workspace)
      const session = sessionOf(c, body)
      const tasks = session === null ? [] : sessions.earlier(session, () => askedIn(body))
      const changes = tasks.map((task) => open(c, { task, seal: null }, workspace))
      return changes.find((change) => change !== null) ?? null
    },
    named: (c, task, workspace) => open(c, { task, seal: null }, workspace),
    began(c, taskId, request) {
      setBounded(owners, taskId, callerOf(c), MOST_OWNERS)
      const session = request && sessionOf(c, request.body)
      if (!session) return
      const asked = askedIn(request.body)
      sessions.began(session, { taskId, turn: asked.length - 1, asked: asked.at(-1) ?? '' })
    },
    isTheirs: (c, taskId) => owners.get(taskId) === callerOf(c),
  }

  function open(
    c: Context,
    { task, seal }: Pick<Claim, 'task' | 'seal'>,
    workspace: WorkspaceChoice | null,
  ): EarlierChange | null {
    const owner = owners.get(task)
    if (owner !== undefined && owner !== callerOf(c)) return null
    const running = runner.get(task)
    const found = running ? deliveredBy(running.state()) : delivered(task)
    if (!found || (workspace && nameOf(workspace) !== found.workspace)) return null
    // of a task from before a restart nobody knows whose it was: who can quote its seal has read its answer
    const isQuoted = seal !== null && found.seal?.startsWith(seal) === true
    return owner !== undefined || isQuoted ? found.change : null
  }
}

/** The request, with what triage has to know: that its conversation goes on from a change, even where no word tells. */
export function goingOn(c: Context, request: ChatRequest, earlier: EarlierTasks): ChatRequest {
  const goesOn = earlier.find(c, request, null) !== null
  return { ...request, facts: { ...request.facts, goesOn } }
}

const nameOf = (workspace: WorkspaceChoice): string | null =>
  workspace.kind === 'named' ? workspace.name : null

/** null where it delivered no change, or has not yet. */
function deliveredBy(state: TaskState): Delivered | null {
  const { id, status, request, workspace, choice } = state
  const patch = patchOf(state)
  if ((status !== 'verified' && status !== 'unverified') || !patch || !workspace) return null
  return {
    change: { task: id, request, diff: patch.diff, tree: workspace.base },
    workspace: choice === 'named' ? workspace.name : null,
    seal: null,
  }
}

/** What the user asked, message by message; hashed, as it may be long. Pages wrap files around the last one only. */
const askedIn = ({ messages }: ChatBody): string[] =>
  messages
    .filter(({ role }) => role === 'user')
    .map((message) => sha256(readMessageFiles(textOf(message)).request.trim()))

type Message = ChatBody['messages'][number]

const claimTurn = (message: Message): ClaimTurn => ({
  role: message.role,
  text: textOf(message),
  calls: callsOf(message),
})

const Calls = z.array(z.looseObject({ id: z.string() }))

function callsOf({ tool_calls, tool_call_id }: Message): string[] {
  if (typeof tool_call_id === 'string') return [tool_call_id]
  const calls = Calls.safeParse(tool_calls)
  return calls.success ? calls.data.map(({ id }) => id) : []
}
