import { z } from 'zod'

/** What a page of Open WebUI makes of a streamed answer. */
export type Shown = {
  /** The answer, as it is shown and as it is sent again with the next question. */
  readonly content: string
  /** What is folded away above it; never sent again. */
  readonly thoughts: string
  /** What stood in the answer, and was taken for a thought because of a literal tag. */
  readonly hidden: string
  /** The lines of status under the message. */
  readonly statuses: readonly { readonly description: string; readonly done: boolean }[]
  readonly usage: object | null
  readonly errors: readonly string[]
  /** Lines that were dropped without a word, as they could not be read. */
  readonly lost: readonly string[]
}

export type Reader = {
  line(text: string): void
  shown(): Shown
}

type How = {
  /** Its server hands a chunk's `event` on to the page; chunks that the browser fetched itself are read for words only. */
  readonly takesEvents: boolean
  readonly reasoningTags: boolean
}

/** Reads an answer line by line. After `stream_body_handler` in Open WebUI 0.9.5, `backend/open_webui/utils/middleware.py`. */
export function createReader({ takesEvents, reasoningTags }: How): Reader {
  let content = ''
  let thoughts = ''
  let usage: object | null = null
  const statuses: Shown['statuses'][number][] = []
  const errors: string[] = []
  const lost: string[] = []

  return {
    line(text) {
      if (!text.startsWith('data:')) return
      const data = text.slice('data:'.length).trim()
      const chunk = readChunk(data)
      if (chunk === null) {
        if (data !== '[DONE]') lost.push(text)
        return
      }
      if (takesEvents && chunk.event?.type === 'status') statuses.push(Status.parse(chunk.event.data))
      usage = chunk.usage ?? usage
      const [choice] = chunk.choices
      // an error beside choices is never looked at
      if (!choice) {
        if (chunk.error) errors.push(chunk.error.message)
        return
      }
      const { delta } = choice
      thoughts += delta.reasoning_content || delta.reasoning || delta.thinking || ''
      content += delta.content ?? ''
    },
    shown() {
      const seen = reasoningTags ? withoutTagged(content) : { content, hidden: '' }
      return { ...seen, thoughts, statuses, usage, errors, lost }
    },
  }
}

/** aiohttp gives up at a line of so many bytes, and the answer ends there. */
const LONGEST_LINE = 131_072

/** Its server reads lines, wherever the network has cut them. */
export async function takeServer(reader: Reader, body: ReadableStream<Uint8Array>): Promise<void> {
  let rest = Buffer.alloc(0)
  for await (const bytes of body) {
    rest = Buffer.concat([rest, bytes])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      if (end >= LONGEST_LINE) throw new Error('Chunk too big')
      reader.line(rest.subarray(0, end).toString())
      rest = rest.subarray(end + 1)
    }
    if (rest.length >= LONGEST_LINE) throw new Error('Chunk too big')
  }
  if (rest.length > 0) reader.line(rest.toString())
}

/** The page takes the lines of each bit for whole: what is cut between two of them is lost. */
export function takePage(reader: Reader, chunk: Uint8Array): void {
  const lines = Buffer.from(chunk).toString().split('\n')
  // its own comment lines apart, everything is handed on as data
  for (const line of lines.filter((line) => line.trim() !== '' && !line.startsWith(':'))) {
    reader.line(line.includes('data:') ? line : `data: ${line}`)
  }
}

const Words = z.string().nullish()
const Chunk = z.looseObject({
  event: z.looseObject({ type: z.string(), data: z.unknown() }).nullish(),
  choices: z
    .array(
      z.looseObject({
        delta: z
          .looseObject({ content: Words, reasoning_content: Words, reasoning: Words, thinking: Words })
          .default({}),
      }),
    )
    .default([]),
  usage: z.looseObject({}).nullish(),
  error: z.looseObject({ message: z.string() }).nullish(),
})
const Status = z.object({ description: z.string(), done: z.boolean() })

/** null for what is no JSON; a chunk of any other shape fails the test. */
function readChunk(data: string): z.infer<typeof Chunk> | null {
  let json: unknown
  try {
    json = JSON.parse(data)
  } catch {
    return null
  }
  return Chunk.parse(json)
}

/** Its default pairs, in `tag_output_handler` of the same file. */
const TAGS = ['think', 'thinking', 'reason', 'reasoning', 'thought', 'Thought'].map((tag) => ({
  opens: `<${tag}>`,
  closes: `</${tag}>`,
}))

/** What stands between two tags is folded away; a tag that is never closed takes the rest of the answer with it. */
function withoutTagged(text: string): { content: string; hidden: string } {
  let content = text
  let hidden = ''
  for (const { opens, closes } of TAGS) {
    for (let from = content.indexOf(opens); from >= 0; from = content.indexOf(opens)) {
      const end = content.indexOf(closes, from)
      const to = end < 0 ? content.length : end + closes.length
      hidden += content.slice(from, to)
      content = content.slice(0, from) + content.slice(to)
    }
  }
  return { content, hidden }
}
