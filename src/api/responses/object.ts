import type { Counted } from '../../core/counted.ts'
import type { Response as ApiResponse, ResponseUsage } from 'openai/resources/responses/responses'
import type { ResponsesBody } from './body.ts'
import type { End } from './piece.ts'

/** What is fixed from the first byte on: the response's id, its time, and what was asked. */
export type Head = { readonly id: string; readonly createdAt: number; readonly asked: ResponsesBody }

/** The client's own words come back as they were sent, so their types are not those of the published schema. */
type Echoed = 'tools' | 'tool_choice' | 'metadata' | 'reasoning' | 'text'
export type ResponseObject = Omit<
  ApiResponse,
  Echoed | 'output_text' | 'usage' | 'access_programs' | 'error'
> &
  Record<Echoed, unknown> & {
    usage: ResponseUsage | null
    error: { code: string; message: string } | null
  }

/** The response as it is now: under way while it has no end. */
export function responseObject(
  { id, createdAt, asked }: Head,
  output: ApiResponse['output'],
  end: End | null,
): ResponseObject {
  return {
    id,
    object: 'response',
    created_at: createdAt,
    status: end?.status ?? 'in_progress',
    background: false,
    error: end?.status === 'failed' ? { code: end.code, message: end.message } : null,
    incomplete_details: end?.status === 'incomplete' ? { reason: end.reason } : null,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    metadata: asked.metadata ?? {},
    model: asked.model,
    output,
    parallel_tool_calls: asked.parallel_tool_calls ?? true,
    previous_response_id: asked.previous_response_id ?? null,
    reasoning: asked.reasoning ?? { effort: null, summary: null },
    temperature: asked.temperature ?? null,
    text: asked.text ?? { format: { type: 'text' } },
    tool_choice: asked.tool_choice ?? 'auto',
    tools: asked.tools ?? [],
    top_p: asked.top_p ?? null,
    truncation: 'disabled',
    usage: end === null || end.status === 'failed' ? null : usageObject(end.usage),
  }
}

const usageObject = ({ prompt, cached, completion, reasoning }: Counted): ResponseUsage => ({
  input_tokens: prompt,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
  output_tokens: completion,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: prompt + completion,
})
