import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { changeAnswer } from './changed-answer.ts'
import { readChatChunk } from './responses/chat-chunk.ts'
import type { Relayed } from './services.ts'
import { data, pieces } from './sse.ts'

/** A model's answer with a remark on it at the end, as chunks of a stream or in an object. */
export function withRemark(answer: Relayed, remark: string): Relayed {
  let isOver = false
  return changeAnswer(answer, {
    line: async (line) => {
      const chunk = isOver || !line.startsWith('data:') ? null : readChatChunk(line.slice('data:'.length))
      if (chunk === null || chunk.finishReason === null) return `${line}\n`
      isOver = true
      return beforeEnd(line, chunk.text, remark)
    },
    end: async () => '',
    content: async (words) => words + remark,
  })
}

const Ending = z.looseObject({ choices: z.tuple([z.looseObject({ finish_reason: z.string() })]) })

/** The last words and the remark as chunks of their own, and then the end. */
function beforeEnd(line: string, lastWords: string, remark: string): string {
  const read = Ending.safeParse(jsonOrNull(line.slice('data:'.length)))
  if (!read.success) return `${line}\n`
  const { usage: _, ...chunk } = read.data
  const [choice] = read.data.choices
  const speak = (content: string): string =>
    data({ ...chunk, choices: [{ ...choice, delta: { content }, finish_reason: null }] })
  const said = [...pieces(lastWords + remark)].map(speak).join('')
  return `${said}${data({ ...read.data, choices: [{ ...choice, delta: {} }] }).slice(0, -1)}`
}
