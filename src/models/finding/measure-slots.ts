import { readChunk } from '../chunk.ts'
import { listen } from '../senses/listen.ts'

/** One alone first: it may have to be loaded. Then so many at once. */
export const AT_ONCE = 4
const TOKENS = 8

/**
 * How many requests a model answers at once, up to AT_ONCE; null where that cannot be seen. It is not a question of
 * speed: one that waits in a queue says its first word when the one before is past its middle.
 */
export async function measureSlots(
  at: { readonly url: string; readonly apiKey: string | null; readonly model: string },
  withinMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const heard: Heard = { open: new Set(), most: 0 }
  try {
    if ((await countTo(at, -1, { open: new Set(), most: 0 }, limit)) < 2) return null
    const counts = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => countTo(at, index, heard, limit)),
    )
    return counts.some((count) => count < 2) ? null : heard.most
  } catch {
    signal.throwIfAborted()
    // refused, broken off or too slow: then it is not known
    return null
  }
}

/** Who is between its first word and its middle. */
type Heard = { readonly open: Set<number>; most: number }

/** Asks for a few tokens, and returns in how many pieces they came. */
async function countTo(
  { url, apiKey, model }: { url: string; apiKey: string | null; model: string },
  who: number,
  heard: Heard,
  signal: AbortSignal,
): Promise<number> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'Count from 1 to 30 in digits, one after the other.' }],
      stream: true,
      max_tokens: TOKENS,
      temperature: 0,
    }),
    signal,
  })
  if (!response.ok) throw new Error(`${url} answers ${response.status}`)
  let pieces = 0
  for await (const data of listen(response).events) {
    if (data.trim() === '[DONE]') continue
    const { text, reasoning } = readChunk(data)
    if (text === '' && reasoning === '') continue
    pieces += 1
    if (pieces === 1) heard.open.add(who)
    heard.most = Math.max(heard.most, heard.open.size)
    if (pieces >= TOKENS / 2) heard.open.delete(who)
  }
  heard.open.delete(who)
  return pieces
}
