import type {
  ResponseFunctionToolCall,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses'

type Unnumbered<Event> = Event extends unknown ? Omit<Event, 'sequence_number'> : never
/** An event before it has its number. */
export type EventBody = Unnumbered<ResponseStreamEvent>

type Item = ResponseReasoningItem | ResponseOutputMessage | ResponseFunctionToolCall
type Status = 'in_progress' | 'completed' | 'incomplete'

/** An item of a response's output that is still growing. */
export type OpenItem = {
  begin(): EventBody[]
  add(delta: string): EventBody
  end(status: Status): EventBody[]
  /** The item as it is now. */
  item(status: Status): Item
}

/** What the model thinks, or the swarm does, on the way to the answer. */
export function openThoughts(id: string, index: number): OpenItem {
  let text = ''
  const at = { item_id: id, output_index: index, summary_index: 0 }
  const part = () => ({ type: 'summary_text' as const, text })
  const item = (status: Status): ResponseReasoningItem => ({
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [part()],
    status,
  })
  return {
    item,
    begin: () => [
      { type: 'response.output_item.added', output_index: index, item: item('in_progress') },
      { type: 'response.reasoning_summary_part.added', ...at, part: part() },
    ],
    add(delta) {
      text += delta
      return { type: 'response.reasoning_summary_text.delta', ...at, delta }
    },
    end: (status) => [
      { type: 'response.reasoning_summary_text.done', ...at, text },
      { type: 'response.reasoning_summary_part.done', ...at, part: part() },
      { type: 'response.output_item.done', output_index: index, item: item(status) },
    ],
  }
}

/** The answer itself. */
export function openMessage(id: string, index: number): OpenItem {
  let text = ''
  const at = { item_id: id, output_index: index, content_index: 0 }
  const part = (): ResponseOutputText => ({ type: 'output_text', text, annotations: [], logprobs: [] })
  const item = (status: Status): ResponseOutputMessage => ({
    id,
    type: 'message',
    role: 'assistant',
    status,
    content: text === '' ? [] : [part()],
  })
  return {
    item,
    begin: () => [
      { type: 'response.output_item.added', output_index: index, item: item('in_progress') },
      { type: 'response.content_part.added', ...at, part: part() },
    ],
    add(delta) {
      text += delta
      return { type: 'response.output_text.delta', ...at, delta, logprobs: [] }
    },
    end: (status) => [
      { type: 'response.output_text.done', ...at, text, logprobs: [] },
      { type: 'response.content_part.done', ...at, part: part() },
      { type: 'response.output_item.done', output_index: index, item: item(status) },
    ],
  }
}

/** A tool the client is asked to call. */
export function openCall(id: string, index: number, call: { id: string; name: string }): OpenItem {
  let text = ''
  const at = { item_id: id, output_index: index }
  const item = (status: Status): ResponseFunctionToolCall => ({
    id,
    type: 'function_call',
    call_id: call.id,
    name: call.name,
    arguments: text,
    status,
  })
  return {
    item,
    begin: () => [{ type: 'response.output_item.added', output_index: index, item: item('in_progress') }],
    add(delta) {
      text += delta
      return { type: 'response.function_call_arguments.delta', ...at, delta }
    },
    end: (status) => [
      { type: 'response.function_call_arguments.done', ...at, arguments: text },
      { type: 'response.output_item.done', output_index: index, item: item(status) },
    ],
  }
}
