import type { Context } from 'hono'
import { answer } from '../../core/answer.ts'
import { taskIdOf } from '../../core/task-id.ts'
import { sealedReceipt } from '../../tasks/seal.ts'
import type { Front } from '../chat.ts'
import { badRequest } from '../faults.ts'
import type { ResponsesBody } from './body.ts'

/**
 * The request with the response it goes on from told at its beginning: what was asked for, and our answer. Only answers
 * of tasks are kept, and only for who asked. Throws 'bad-request' for any other.
 */
export function withPrevious(c: Context, body: ResponsesBody, { services, earlier }: Front): ResponsesBody {
  const { previous_response_id: id, input } = body
  if (id === undefined || id === null) return body
  const task = services.runner.get(taskIdOf(id))
  const state = task && earlier.isTheirs(c, task.id) ? task.state() : null
  if (!state || state.status === 'running') {
    throw badRequest(
      'this response is not kept here; send the whole conversation in "input"',
      'previous_response_id',
    )
  }
  const said = answer(state, sealedReceipt(state).sha256)
  const before = [
    { type: 'message', role: 'user', content: state.request },
    { type: 'message', role: 'assistant', content: said },
  ]
  const now = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input
  return { ...body, input: [...before, ...now] }
}
