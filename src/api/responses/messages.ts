import { z } from 'zod'
import { badRequest } from '../faults.ts'
import { believe, type ResponsesBody } from './body.ts'

const Part = z.looseObject({ type: z.string(), text: z.string().nullish() })
const Content = z.union([z.string(), z.array(Part)])
type Content = z.infer<typeof Content>

const MessageItem = z.looseObject({
  role: z.enum(['developer', 'system', 'user', 'assistant']),
  content: Content,
})
const CallItem = z.looseObject({ call_id: z.string(), name: z.string(), arguments: z.string() })
const OutputItem = z.looseObject({ call_id: z.string(), output: Content })

type ToolCall = { id: string; type: 'function'; function: { name: string; arguments: string } }
export type ChatMessage = {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string | object[] | null
  tool_calls?: ToolCall[]
  tool_call_id?: string
}

/** The conversation as chat messages, the instructions first. */
export function messagesOf({ instructions, input }: ResponsesBody): ChatMessage[] {
  const system: ChatMessage[] = instructions ? [{ role: 'system', content: instructions }] : []
  const told: ChatMessage[] =
    typeof input === 'string' ? [{ role: 'user', content: input }] : input.flatMap(messageOf)
  return [...system, ...told].reduce<ChatMessage[]>(append, [])
}

function messageOf(item: { type?: string | null | undefined }, index: number): ChatMessage[] {
  const at = `input.${index}`
  switch (item.type ?? 'message') {
    case 'message': {
      const { role, content } = believe(MessageItem, item, at)
      // chat templates of open models know no developer
      return [{ role: role === 'developer' ? 'system' : role, content: contentOf(content) }]
    }
    case 'function_call': {
      const { call_id, name, arguments: given } = believe(CallItem, item, at)
      const call: ToolCall = { id: call_id, type: 'function', function: { name, arguments: given } }
      return [{ role: 'assistant', content: null, tool_calls: [call] }]
    }
    case 'function_call_output': {
      const { call_id, output } = believe(OutputItem, item, at)
      return [{ role: 'tool', tool_call_id: call_id, content: contentOf(output) }]
    }
    case 'item_reference':
      throw badRequest('items are not kept here; send the item itself', at)
    default:
      // thoughts, and the calls of tools that were left out: no chat message says them
      return []
  }
}

/** One string where it can be: many upstreams refuse a list of parts. */
function contentOf(content: Content): ChatMessage['content'] {
  if (typeof content === 'string') return content
  const texts = content.map(textOf)
  if (texts.every((text) => text !== null)) return texts.join('\n')
  return content.map((part, index) => chatPart(part, texts[index] ?? null))
}

function textOf(part: z.infer<typeof Part>): string | null {
  if (part.type === 'refusal' && typeof part['refusal'] === 'string') return part['refusal']
  return TEXTS.has(part.type) ? (part.text ?? '') : null
}

const TEXTS = new Set(['input_text', 'output_text', 'text', 'summary_text'])

/** What is no text keeps its kind, so that chat's own rules for it hold here too. */
function chatPart(part: z.infer<typeof Part>, text: string | null): object {
  if (text !== null) return { type: 'text', text }
  if (part.type === 'input_image') {
    return { type: 'image_url', image_url: { url: part['image_url'], detail: part['detail'] ?? undefined } }
  }
  if (part.type === 'input_file') {
    const { file_data, file_id, filename } = part
    return { type: 'file', file: { file_data, file_id, filename } }
  }
  return part
}

/** Calls stand with the words they came with, and neighbouring instructions in one message: templates want it so. */
function append(told: ChatMessage[], message: ChatMessage): ChatMessage[] {
  const before = told.at(-1)
  if (before?.role === 'assistant' && message.role === 'assistant' && message.tool_calls) {
    const calls = [...(before.tool_calls ?? []), ...message.tool_calls]
    return [...told.slice(0, -1), { ...before, tool_calls: calls }]
  }
  if (
    before?.role === 'system' &&
    message.role === 'system' &&
    typeof before.content === 'string' &&
    typeof message.content === 'string'
  ) {
    return [...told.slice(0, -1), { ...before, content: `${before.content}\n\n${message.content}` }]
  }
  return [...told, message]
}
