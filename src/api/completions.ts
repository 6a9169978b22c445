import type { Context } from 'hono'
import { answerHeader } from './answer-header.ts'
import { clientOf } from './connection.ts'
import { readModelId } from './model-ids.ts'
import { JSON_SENDING, passOnFrom, type UpstreamPath } from './passthrough.ts'
import { withModel } from '../core/replace-model.ts'
import type { ApiServices } from './services.ts'
import { readCompletionModel } from './wire-format.ts'

/**
 * Text to be continued or filled in, and rewrites that editors ask for as raw prompts: always one call of the fast
 * model, whichever of our names it is asked of, and its answer byte for byte.
 */
export function completions(
  services: ApiServices,
  path: UpstreamPath & `${string}/completions`,
): (c: Context) => Promise<Response> {
  const { relay, models } = services
  return async (c) => {
    const client = clientOf(c)
    const text = await c.req.text()
    // an unknown name throws here
    readModelId(readCompletionModel(text), services)
    const tier = models.tiers[0]!
    const body = withModel(text, models.modelOf(tier))
    answerHeader(c, 'x-quorum-route', 'direct; a completion')
    return passOnFrom(c, await relay.post(tier, { ...JSON_SENDING, path, body }, client), { path, tier })
  }
}
