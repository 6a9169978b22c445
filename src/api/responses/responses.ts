import { responseIdOf } from '../../core/task-id.ts'
import type { Context } from 'hono'
import type { TierName } from '../../core/task.ts'
import { triage } from '../../core/triage.ts'
import type { Running } from '../../tasks/runner.ts'
import type { Front } from '../chat.ts'
import { clientOf } from '../connection.ts'
import { isOurs } from '../model-ids.ts'
import { withModel } from '../replace-model.ts'
import { taskFor } from '../start-task.ts'
import { chooseWorkspace, namedWorkspace } from '../workspace-choice.ts'
import { readResponsesBody, type ResponsesBody } from './body.ts'
import { asChatRequest, chatText, inCallersWords } from './chat-body.ts'
import { answerTurn } from './direct.ts'
import { reply } from './reply.ts'
import { storyPieces } from './story.ts'
import { createTelling } from './telling.ts'

/** A request for a response: understood and triaged as a chat, answered in the events of the newer protocol. */
export function responses(front: Front): (c: Context) => Promise<Response> {
  return async (c) => {
    const client = clientOf(c)
    const asked = readResponsesBody(await c.req.text())
    return inCallersWords(() => answerAsked(c, asked, front, client))
  }
}

async function answerAsked(
  c: Context,
  asked: ResponsesBody,
  front: Front,
  client: AbortSignal,
): Promise<Response> {
  const { services } = front
  const { models, workspaces, catalogue } = services
  const listed = isOurs(asked.model) ? null : await catalogue.find(asked.model)
  if (listed) return directly('a model of the upstream', listed.tier, chatText(asked))

  const request = asChatRequest(asked, (name) => c.req.header(name), services)
  const named = await namedWorkspace(request.named, services)
  const hasPlace = workspaces.names().length > 0 || named !== null || request.files.length > 0
  const verdict = triage({ ...request.facts, hasPlace })
  if (verdict.kind === 'direct') {
    const tier = models.tiers[0]!
    return directly(verdict.why, tier, withModel(request.text, models.modelOf(tier)))
  }
  const workspace = await chooseWorkspace(named, request.files, services)
  return answerWithTask(c, asked, await taskFor(c, request, workspace, front, client), front, client)

  async function directly(why: string, tier: TierName, body: string): Promise<Response> {
    c.header('x-quorum-route', `direct; ${why}`)
    const answer = await services.relay.open(tier, body, client)
    return answerTurn(c, asked, { answer, promptCharacters: body.length }, services, client)
  }
}

function answerWithTask(
  c: Context,
  asked: ResponsesBody,
  task: Running,
  { services, audience }: Front,
  client: AbortSignal,
): Response {
  const createdAt = Math.floor(task.state().startedAt / 1000)
  return reply(c, {
    telling: createTelling({ id: responseIdOf(task.id), createdAt, asked }),
    pieces: (signal) => storyPieces(task, services, signal),
    stream: asked.stream === true,
    client,
    ended: audience.open(task),
  })
}
