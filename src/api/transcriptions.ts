import type { Context } from 'hono'
import { answerHeader } from './answer-header.ts'
import { badRequest } from './faults.ts'
import { clientOf } from './connection.ts'
import { passOnFrom } from './passthrough.ts'
import type { ApiServices } from './services.ts'

const PATH = '/audio/transcriptions'

/**
 * Speech to text: the form goes unread to the upstream that lists a model for it, or else to the general one. Its size is
 * bound like any body's.
 */
export function transcriptions({ relay, catalogue, models }: ApiServices): (c: Context) => Promise<Response> {
  return async (c) => {
    const client = clientOf(c)
    const contentType = c.req.header('content-type') ?? ''
    if (!/^multipart\/form-data\b/i.test(contentType)) {
      throw badRequest('send a form (multipart/form-data) with "file" and "model"', 'file')
    }
    const body = new Uint8Array(await c.req.arrayBuffer())
    const listed = (await catalogue.all()).find(({ makes }) => makes === 'transcriptions')
    const tier = listed?.tier ?? models.tiers[0]!
    answerHeader(c, 'x-quorum-route', 'direct; a transcription')
    const answer = await relay.post(tier, { path: PATH, contentType, accept: '*/*', body }, client)
    return passOnFrom(c, answer, { path: PATH, tier })
  }
}
