import type { ChatRequest } from './chat-request.ts'
import { asDiff, type Present } from './presentation.ts'

/** In which form the client that asked takes a change. */
export const presentFor = (_request: ChatRequest): Present => asDiff
