import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { isEventStream } from './pass-on.ts'
import { readChatChunk } from './responses/chat-chunk.ts'
import type { Relayed } from './services.ts'
import { data, pieces } from './sse.ts'

/** What is to be added to an answer, known when all of it is there; null for nothing. */
export type Remark = (answer: string) => Promise<string | null>

/** A model's answer with a remark on it at the end, as chunks of a stream or in an object. */
export function withRemark(answer: Relayed, remark: Remark): Relayed {
  const { status, contentType } = answer
  if (status !== 200) return answer
  const put = isEventStream(contentType) ? remarked : remarkedObject
  // its length may change, and its bytes are read here
  return { status, contentType, body: put(answer.body, remark) }
}

/** Of a longer answer the rest is not looked at. */
const MOST_CHARACTERS = 1_000_000

/** Lines pass as they are; only the one with the `finish_reason` waits until the remark is known. */
function remarked(source: ReadableStream<Uint8Array>, remark: Remark): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let said = ''
  let ended = false

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const step = await reader.read()
        if (step.done) {
          // an event may lack the line end behind it
          if (rest !== '') controller.enqueue(bytesOf((await lineOf(rest)).slice(0, -1)))
          return controller.close()
        }
        const lines = (rest + decoder.decode(step.value, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        let text = ''
        for (const line of lines) text += await lineOf(line)
        if (rest.length > MOST_CHARACTERS) {
          // no chunk is so long: whatever it is, it goes on unread
          text += rest
          rest = ''
          ended = true
        }
        if (text !== '') return controller.enqueue(bytesOf(text))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })

  async function lineOf(line: string): Promise<string> {
    const chunk = ended || !line.startsWith('data:') ? null : readChatChunk(line.slice('data:'.length))
    if (said.length < MOST_CHARACTERS) said += chunk?.text ?? ''
    if (chunk === null || chunk.finishReason === null) return `${line}\n`
    ended = true
    const words = await remark(said)
    return words === null ? `${line}\n` : beforeEnd(line, chunk.text, words)
  }
}

const Ending = z.looseObject({ choices: z.tuple([z.looseObject({ finish_reason: z.string() })]) })

/** The last words and the remark as chunks of their own, and then the end. */
function beforeEnd(line: string, lastWords: string, words: string): string {
  const read = Ending.safeParse(jsonOrNull(line.slice('data:'.length)))
  if (!read.success) return `${line}\n`
  const { usage: _, ...chunk } = read.data
  const [choice] = read.data.choices
  const speak = (content: string): string =>
    data({ ...chunk, choices: [{ ...choice, delta: { content }, finish_reason: null }] })
  const said = [...pieces(lastWords + words)].map(speak).join('')
  return `${said}${data({ ...read.data, choices: [{ ...choice, delta: {} }] }).slice(0, -1)}`
}

const Answer = z.looseObject({
  choices: z.tuple([z.looseObject({ message: z.looseObject({ content: z.string() }) })]),
})

/** Read only when the client does, so that whoever leaves early ends it. */
function remarkedObject(source: ReadableStream<Uint8Array>, remark: Remark): ReadableStream<Uint8Array> {
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
      const bytes = Buffer.concat(chunks)
      if (size > MOST_CHARACTERS) return controller.close()
      const read = Answer.safeParse(jsonOrNull(bytes.toString()))
      const words = read.success ? await remark(read.data.choices[0].message.content) : null
      controller.enqueue(read.success && words !== null ? bytesOf(spoken(read.data, words)) : bytes)
      controller.close()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function spoken(answer: z.infer<typeof Answer>, words: string): string {
  const [choice] = answer.choices
  const message = { ...choice.message, content: choice.message.content + words }
  return JSON.stringify({ ...answer, choices: [{ ...choice, message }] })
}

const encoder = new TextEncoder()
const bytesOf = (text: string): Uint8Array => encoder.encode(text)
