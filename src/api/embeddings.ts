import type { Context } from 'hono'
import { SwarmError } from '../core/errors.ts'
import { answerHeader } from './answer-header.ts'
import { clientOf } from './connection.ts'
import { isOurs } from './model-ids.ts'
import { JSON_SENDING, passOnFrom } from './passthrough.ts'
import { withModel } from '../core/replace-model.ts'
import type { ApiServices, Listed } from './services.ts'
import { readEmbeddingModel } from './wire-format.ts'

const PATH = '/embeddings'

/** Embeddings asked of one of our names: the first embedding model there is makes them, and says its own name. */
export function embeddings({ relay, catalogue }: ApiServices): (c: Context) => Promise<Response> {
  return async (c) => {
    const client = clientOf(c)
    const text = await c.req.text()
    const asked = readEmbeddingModel(text)
    const makers = (await catalogue.all()).filter(({ makes }) => makes === 'embeddings')
    const [model] = makers
    // another model's vectors would be compared with those of the model that was named
    if (!isOurs(asked) || !model) throw noModel(asked, makers)
    const { tier } = model
    const body = withModel(text, model.id)
    answerHeader(c, 'x-quorum-route', 'direct; embeddings')
    return passOnFrom(c, await relay.post(tier, { ...JSON_SENDING, path: PATH, body }, client), {
      path: PATH,
      tier,
    })
  }
}

function noModel(asked: string, makers: readonly Listed[]): SwarmError {
  const message =
    makers.length > 0
      ? `no model "${asked}" makes embeddings here; there are: ${makers.map(({ id }) => id).join(', ')}`
      : `no upstream lists an embedding model: add one to the server behind tiers.fast.url, such as nomic-embed-text`
  return new SwarmError('not-found', message, { param: 'model' })
}
