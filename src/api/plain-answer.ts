import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { data, DONE, pieces } from './sse.ts'

/** What form of an answer a chat request asks for. */
export type AskedForm = { readonly stream: boolean; readonly includeUsage: boolean }

/** Who speaks: the same in all of an answer's objects. */
export type Speaker = { readonly id: string; readonly created: number; readonly model: string }

const Body = z.looseObject({
  stream: z.boolean().nullish().catch(null),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish().catch(null),
})

/** Reads no more of a body than that, and refuses nothing: the request is an upstream's business. */
export function readForm(text: string): AskedForm {
  const { data: body } = Body.safeParse(jsonOrNull(text))
  return { stream: body?.stream === true, includeUsage: body?.stream_options?.include_usage === true }
}

type Delta = { role?: 'assistant'; content?: string }

/** One chunk of an answer. An empty delta says nothing and counts as a sign of life wherever comments do not. */
export const plainChunk = (speaker: Speaker, delta: Delta, finishReason: 'stop' | null = null): string =>
  data({
    ...head(speaker, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    usage: null,
  })

/** A text as a stream's whole content and its end. */
export function plainStream(speaker: Speaker, text: string, { includeUsage }: AskedForm): string {
  const usage = { ...head(speaker, 'chat.completion.chunk'), choices: [], usage: NO_USAGE }
  return [
    ...[...pieces(text)].map((content) => plainChunk(speaker, { content })),
    plainChunk(speaker, {}, 'stop'),
    includeUsage ? data(usage) : '',
    DONE,
  ].join('')
}

/** A text as a whole answer. */
export const plainCompletion = (speaker: Speaker, text: string): string =>
  JSON.stringify({
    ...head(speaker, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: NO_USAGE,
  })

const head = ({ id, created, model }: Speaker, object: string) => ({ id, object, created, model })

const NO_USAGE = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
