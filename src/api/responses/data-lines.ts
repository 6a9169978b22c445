/** The `data` of each event of a chat stream, up to its `[DONE]`. An abort, or leaving the loop, closes the source. */
export async function* dataLines(
  source: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const reader = source.getReader()
  // a read that waits for the next byte is woken by nothing else
  const leave = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', leave, { once: true })
  try {
    signal.throwIfAborted()
    for await (const line of linesOf(reader)) {
      if (!line.startsWith('data:')) continue
      const data = line.slice('data:'.length).trim()
      if (data === '[DONE]') return
      yield data
    }
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', leave)
    await reader.cancel()
  }
}

async function* linesOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield rest
}
