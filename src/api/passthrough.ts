import type { Context, MiddlewareHandler } from 'hono'
import { SwarmError } from '../core/errors.ts'
import type { TierName } from '../core/task.ts'
import { answerHeader } from './answer-header.ts'
import { clientOf } from './connection.ts'
import { isOurs } from './model-ids.ts'
import { passOn, refusalOf } from './pass-on.ts'
import { modelIn } from '../core/replace-model.ts'
import type { ApiServices, Listed, Relayed } from './services.ts'

/** Routes of an upstream, below its base URL. */
export type UpstreamPath = '/completions' | '/fim/completions' | '/embeddings' | '/audio/transcriptions'

export const JSON_SENDING = { contentType: 'application/json', accept: '*/*' } as const

/** A request for a model that an upstream lists goes there untouched; with any other name, on to the next handler. */
export function passThrough(services: ApiServices, path: UpstreamPath): MiddlewareHandler {
  return async (c, next) => {
    const body = await c.req.text()
    const model = await listedModel(modelIn(body), services)
    if (model === null) return next()
    answerHeader(c, 'x-quorum-route', ROUTE)
    const answer = await services.relay.post(model.tier, { ...JSON_SENDING, path, body }, clientOf(c))
    return passOnFrom(c, answer, { path, tier: model.tier })
  }
}

/** Passes an answer on; where the upstream has no such route, says what to configure instead. */
export async function passOnFrom(
  c: Context,
  answer: Relayed,
  { path, tier }: { path: UpstreamPath; tier: TierName },
): Promise<Response> {
  if (!NO_ROUTE.includes(answer.status)) return passOn(c, answer)
  const said = refusalOf(answer.status, await new Response(answer.body).text()).error.message
  throw new SwarmError(
    'not-found',
    `the upstream of tiers.${tier} answered ${answer.status} to POST /v1${path}: ${said}. Set tiers.${tier}.url and tiers.${tier}.model to a server and a model that have it`,
  )
}

const NO_ROUTE = [404, 405, 501]
const ROUTE = 'direct; a model of the upstream'

/** A name of ours is ours, whatever an upstream lists. */
export async function listedModel(model: string | null, { catalogue }: ApiServices): Promise<Listed | null> {
  return model === null || isOurs(model) ? null : catalogue.find(model)
}
