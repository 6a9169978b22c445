import { z } from 'zod'
import { answer } from '../../core/answer.ts'
import { turnsOf, type EditCall } from '../../core/edit-tools/calls.ts'
import { isSurelyOurs, readCallId } from '../../core/edit-tools/call-id.ts'
import { saysFailure } from '../../core/edit-tools/result.ts'
import { evidence } from '../../core/evidence.ts'
import { onOneLine } from '../../core/one-line.ts'
import type { TaskState } from '../../core/state.ts'
import { sealedReceipt } from '../../tasks/seal.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { Presentation } from '../presentation.ts'
import type { ApiServices } from '../services.ts'
import { textOf } from '../wire-format.ts'
import { handOverCalls, handOverFor } from './hand-over.ts'
import { named, pathsOf } from './present.ts'

/** What a client answered to calls that handed a task's change over. */
export type FollowUp = {
  readonly taskId: string
  /** By the number of the call. */
  readonly results: ReadonlyMap<number, string>
}

/** Is this request nothing but the client's answers to calls of ours? Null when it is anything else. */
export function readFollowUp(
  { body: { messages } }: ChatRequest,
  { runner, receipt }: ApiServices,
): FollowUp | null {
  const last = messages.findLastIndex(({ role }) => role !== 'tool')
  const ids = messages.slice(last + 1).map(callIn)
  const [first] = ids
  if (!first?.read || !ids.every(({ read }) => read?.taskId === first.read?.taskId)) return null
  const { taskId } = first.read
  // another server's id may look like ours by chance
  if (!runner.get(taskId) && receipt(taskId) === null && !isSurelyOurs(first.id)) return null
  const answered = messages.flatMap((message) => {
    const { read } = callIn(message)
    return message.role === 'tool' && read?.taskId === taskId ? [[read.call, textOf(message)] as const] : []
  })
  return { taskId, results: new Map(answered) }
}

/** What comes next: the calls that are left, or the end of the turn. Nobody has to work for it. */
export async function goOn(
  { taskId, results }: FollowUp,
  request: ChatRequest,
  services: ApiServices,
): Promise<Presentation> {
  const state = services.runner.get(taskId)?.state()
  if (!state?.outcome) return words(FORGOTTEN)
  const tools = await handOverFor(request, null, services)
  const calls = tools.kind === 'tools' ? handOverCalls(state, tools) : null
  if (tools.kind !== 'tools' || !calls)
    return words(brokenOff(state, 'it does not offer the same tools as before'))

  const failed = calls.find(({ isReading }, index) => !isReading && saysFailure(results.get(index) ?? ''))
  if (failed) return words(refused(state, failed, results.get(calls.indexOf(failed))!))
  const next = turnsOf(calls, tools).find((turn) => turn.some((index) => !results.has(index)))
  if (!next) return words(`The change is made in ${changed(calls)}.\n\n${evidence(state, sealOf(state))}`)
  const missing = next.filter((index) => !results.has(index))
  return { text: '', calls: named(calls, missing, taskId) }
}

const FORGOTTEN =
  'Your tools have answered. The task behind these edits is no longer remembered here, so look at the files to see what was made of it.'

const CallId = z.looseObject({ tool_call_id: z.string() })

function callIn(message: unknown): { id: string; read: ReturnType<typeof readCallId> } {
  const found = CallId.safeParse(message)
  const id = found.success ? found.data.tool_call_id : ''
  return { id, read: readCallId(id) }
}

function refused(state: TaskState, { paths, name }: EditCall, said: string): string {
  const where = pathsOf(paths.map((path) => ({ path })))
  return `\`${name}\` did not make the change in ${where}. It answered: ${onOneLine(said, LONGEST_ANSWER)}\n\nWhat it was to be is below, all of it, also where it may be made already.\n\n${answer(state, sealOf(state))}`
}

const LONGEST_ANSWER = 600

const brokenOff = (state: TaskState, why: string): string =>
  `The rest of the change cannot be handed over through the client's tools: ${why}. All of it is below.\n\n${answer(state, sealOf(state))}`

const changed = (calls: readonly EditCall[]): string =>
  pathsOf([...new Set(calls.flatMap(({ paths }) => paths))].map((path) => ({ path })))

const words = (text: string): Presentation => ({ text, calls: [] })

const sealOf = (state: TaskState): string | null => sealedReceipt(state).sha256
