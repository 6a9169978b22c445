import assert from 'node:assert/strict'
import OpenAI from 'openai'
import type { Response as ApiResponse } from 'openai/resources/responses/responses'
import { ASK, bytes, post, type Api } from './server.ts'

export type Told = {
  type: string
  sequence_number: number
  delta?: string
  text?: string
  output_index?: number
  item?: { id: string; type: string; status: string }
  response?: ApiResponse
}

/** The events of a stream; fails unless each is named as its type says and numbered in order, and nothing else is sent. */
export function eventsIn(text: string): Told[] {
  const blocks = text.split('\n\n').filter((block) => block !== '')
  return blocks.map((block, index) => {
    const [name = '', data = '', ...more] = block.split('\n')
    assert.deepEqual(more, [])
    const event: Told = JSON.parse(data.replace(/^data: /, ''))
    assert.equal(name, `event: ${event.type}`)
    assert.equal(event.sequence_number, index)
    return event
  })
}

/** The types in order, each run of the same type once. */
export const typesOf = (events: readonly Told[]): string[] =>
  events.map(({ type }) => type).filter((type, index, types) => type !== types[index - 1])

/** What stands in the deltas of one type. */
export const deltasOf = (events: readonly Told[], type: string): string =>
  events
    .filter((event) => event.type === type)
    .map(({ delta }) => delta ?? '')
    .join('')

export const sdkOf = ({ url }: Api): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })

export const respond = (
  { url }: Api,
  more: object = {},
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> => post(`${url}/v1/responses`, { model: 'quorum', input: ASK, ...more }, init)

/** One chunk of an upstream's chat stream. */
export const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'fast-coder',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`

/** The chunk after the last, with the counts. */
export const COUNTS = `data: ${JSON.stringify({
  choices: [],
  usage: {
    prompt_tokens: 30,
    completion_tokens: 12,
    prompt_tokens_details: { cached_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 5 },
  },
})}\n\n`
export const DONE = 'data: [DONE]\n\n'

export const chatStream = (...chunks: string[]) => ({
  status: 200,
  contentType: 'text/event-stream',
  body: bytes(...chunks),
})

/** A thought, two words, an end that is counted. */
export const HELLO = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'they greet' }),
  chunk({ content: 'hel' }),
  chunk({ content: 'lo' }),
  chunk({}, 'stop'),
  COUNTS,
  DONE,
]
