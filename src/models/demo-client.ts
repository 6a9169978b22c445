import OpenAI from 'openai'
import { z } from 'zod'

/** A fragment of an answer: what is going on, or the answer itself. */
export type Fragment = { lane: 'progress' | 'answer'; text: string }

/** The SDK does not know the field in which servers stream their thoughts. */
const Delta = z.object({ content: z.string().nullish(), reasoning_content: z.string().nullish() })

/** Asks Quorum as any program would: through the OpenAI SDK, streaming. Returns the completion's id. */
export async function* askAsClient(
  server: { url: string; model: string },
  request: string,
  signal: AbortSignal,
): AsyncGenerator<Fragment, string, void> {
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0, logLevel: 'off' })
  const stream = await client.chat.completions.create(
    { model: server.model, stream: true, messages: [{ role: 'user', content: request }] },
    { signal },
  )
  let id = ''
  for await (const chunk of stream) {
    id = chunk.id
    const delta = Delta.parse(chunk.choices[0]?.delta ?? {})
    if (delta.reasoning_content) yield { lane: 'progress', text: delta.reasoning_content }
    if (delta.content) yield { lane: 'answer', text: delta.content }
  }
  return id
}
