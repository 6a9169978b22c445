import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { chunk, chunkBeside, completion, type Speaker } from './chat-objects.ts'
import { DONE, pieces } from './sse.ts'

/** What form of an answer a chat request asks for. */
export type AskedForm = { readonly stream: boolean; readonly includeUsage: boolean }

const Body = z.looseObject({
  stream: z.boolean().nullish().catch(null),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish().catch(null),
})

/** Reads no more of a body than that, and refuses nothing: the request is an upstream's business. */
export function readAskedForm(text: string): AskedForm {
  const { data: body } = Body.safeParse(jsonOrNull(text))
  return { stream: body?.stream === true, includeUsage: body?.stream_options?.include_usage === true }
}

/** A text as a stream's whole content and its end. */
export function plainStream(speaker: Speaker, text: string, { includeUsage }: AskedForm): string {
  return [
    ...[...pieces(text)].map((content) => chunk(speaker, { content })),
    chunk(speaker, {}, 'stop'),
    includeUsage ? chunkBeside(speaker, { usage: NO_USAGE }) : '',
    DONE,
  ].join('')
}

/** A text as a whole answer. */
export const plainCompletion = (speaker: Speaker, text: string): string =>
  completion(speaker, { content: text, calls: [] }, NO_USAGE)

const NO_USAGE = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
