import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { isEventStream } from './pass-on.ts'
import type { Relayed } from './services.ts'

/** What becomes of an answer on its way. */
export type Change = {
  /** A line of its stream without the line end: what goes on in its place, with line ends; what is held back goes later. */
  line(line: string): Promise<string>
  /** What was held back until the end of the stream. */
  end(): Promise<string>
  /** The words of an answer that is one object. */
  content(words: string): Promise<string>
  /** Its usage; undefined where it stays as it is. Of a stream, the lines have it. */
  usage?(usage: unknown): object | undefined
}

/** A model's answer, changed line by line as it streams, or in its object; only a good one is touched. */
export function changeAnswer(answer: Relayed, change: Change): Relayed {
  const { status, contentType } = answer
  if (status !== 200) return answer
  const put = isEventStream(contentType) ? changedStream : changedObject
  // its length may change, and its bytes are read here
  return { status, contentType, body: put(answer.body, change) }
}

/** What is longer is no chunk and no answer: it goes on unread. */
const MOST_CHARACTERS = 1_000_000

/** Read only when the client does, so that whoever leaves early ends it. */
function changedStream(source: ReadableStream<Uint8Array>, change: Change): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let isUnread = false

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const { done, value } = await reader.read()
        const text = done ? await last() : await next(decoder.decode(value, { stream: true }))
        if (text !== '') controller.enqueue(bytesOf(text))
        if (done) return controller.close()
        if (text !== '') return
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })

  async function next(text: string): Promise<string> {
    if (isUnread) return text
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    let changed = ''
    for (const line of lines) changed += await change.line(line)
    if (rest.length <= MOST_CHARACTERS) return changed
    isUnread = true
    return `${changed}${await change.end()}${rest}`
  }

  /** The last event may lack the line end behind it. */
  async function last(): Promise<string> {
    if (isUnread) return ''
    const changed = rest === '' ? '' : await change.line(rest)
    const all = changed + (await change.end())
    return rest === '' ? all : all.replace(/\n$/, '')
  }
}

const Answer = z.looseObject({
  choices: z.tuple([z.looseObject({ message: z.looseObject({ content: z.string() }) })]),
})

function changedObject(source: ReadableStream<Uint8Array>, change: Change): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  let chunks: Uint8Array[] = []
  let size = 0
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const step = await reader.read()
        if (step.done) break
        chunks.push(step.value)
        size += step.value.length
        if (size <= MOST_CHARACTERS) continue
        controller.enqueue(Buffer.concat(chunks))
        chunks = []
        return
      }
      if (size <= MOST_CHARACTERS) controller.enqueue(await changedBytes(Buffer.concat(chunks), change))
      controller.close()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** The upstream's own bytes, where there is nothing to change. */
async function changedBytes(bytes: Uint8Array, change: Change): Promise<Uint8Array> {
  const read = Answer.safeParse(jsonOrNull(Buffer.from(bytes).toString()))
  if (!read.success) return bytes
  const [choice] = read.data.choices
  const content = await change.content(choice.message.content)
  const usage = change.usage?.(read.data['usage'])
  if (content === choice.message.content && usage === undefined) return bytes
  const message = { ...choice.message, content }
  const choices = [{ ...choice, message }]
  return bytesOf(JSON.stringify({ ...read.data, choices, ...(usage && { usage }) }))
}

const encoder = new TextEncoder()
const bytesOf = (text: string): Uint8Array => encoder.encode(text)
