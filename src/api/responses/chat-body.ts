import { SwarmError } from '../../core/errors.ts'
import { readChatRequest, type ChatRequest } from '../chat-request.ts'
import type { ApiServices } from '../services.ts'
import { readResponsesBody, type ResponsesBody } from './body.ts'
import { messagesOf } from './messages.ts'
import { toolFields } from './tools.ts'

/** A request for a response, understood as the chat request that asks for the same. */
export function asChatRequest(
  body: ResponsesBody,
  header: (name: string) => string | undefined,
  services: ApiServices,
): ChatRequest {
  const request = readChatRequest(chatText(body), header, services)
  const stream = body.stream === true
  // an agent is one by what it offers, even where nothing of it can be passed on
  const tools = (body.tools ?? []).map(({ type, name }) => name ?? type)
  return { ...request, stream, facts: { ...request.facts, stream, tools, takesEdits: false } }
}

/**
 * A body of the newer protocol that was sent to the chat route, as Cursor does at times, in chat's own words. Any other
 * body as it is: where there are messages, nothing else is looked for.
 */
export function inChatForm(text: string): string {
  if (text.includes('"messages"') || !text.includes('"input"')) return text
  const body = readResponsesBody(text)
  const streamed = chatText(body)
  if (body.stream === true) return streamed
  const { stream: _, stream_options: __, ...whole }: Record<string, unknown> = JSON.parse(streamed)
  return JSON.stringify(whole)
}

/** The chat request's body. Always a stream: it is read here, and its words are told on as they come. */
export function chatText(body: ResponsesBody): string {
  return JSON.stringify({
    model: body.model,
    messages: messagesOf(body),
    ...toolFields(body),
    stream: true,
    stream_options: { include_usage: true },
    ...withoutNulls({
      max_completion_tokens: body.max_output_tokens,
      temperature: body.temperature,
      top_p: body.top_p,
      top_logprobs: body.top_logprobs,
      reasoning_effort: body.reasoning?.effort,
      verbosity: body.text?.verbosity,
      response_format: responseFormat(body.text),
      metadata: body.metadata,
      user: body.user,
      safety_identifier: body.safety_identifier,
      prompt_cache_key: body.prompt_cache_key,
    }),
  })
}

/** Does it, and where a field is at fault, names the one that the caller wrote. */
export async function inCallersWords<Value>(act: () => Promise<Value>): Promise<Value> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof SwarmError) || error.param === null) throw error
    const [field = ''] = error.param.split('.')
    const param = FIELDS[field] ?? error.param
    throw new SwarmError(error.fault, error.message, { cause: error, param })
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  messages: 'input',
  max_completion_tokens: 'max_output_tokens',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'text.verbosity',
  response_format: 'text.format',
}

function responseFormat(text: ResponsesBody['text']): object | null {
  const format = text?.format ?? null
  if (format === null || format.type === 'text') return null
  if (format.type !== 'json_schema') return format
  const { type, ...schema } = format
  return { type, json_schema: schema }
}

const withoutNulls = (fields: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
