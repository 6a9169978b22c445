import { answer } from '../core/answer.ts'
import { renderingOf } from '../core/forms/rendering.ts'
import type { ChatRequest } from './chat-request.ts'
import type { HandOver } from './hand-over/hand-over.ts'
import { handingOver } from './hand-over/present.ts'
import type { Present } from './presentation.ts'

/** In which form the client that asked takes a change: through its own tools where it can. */
export function presentFor({ form }: ChatRequest, handOver: HandOver): Present {
  const rendering = renderingOf(form)
  return handingOver(handOver, (state, seal) => ({ text: answer(state, seal, rendering), calls: [] }))
}
