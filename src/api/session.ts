import type { Context } from 'hono'
import { sha256 } from '../tasks/seal.ts'
import { callerOf } from './caller.ts'
import type { ChatBody } from './wire-format.ts'

/** Under these names clients tell which conversation a request belongs to; the surest first. */
const HEADERS = ['x-session-id', 'x-session-affinity', 'session-id', 'thread-id', 'x-openwebui-chat-id']
const METADATA = ['session', 'session_id', 'chat_id', 'conversation', 'conversation_id', 'thread_id']
/** Longer ones are no ids. */
const MOST_CHARACTERS = 512

/** The session of a request, told apart by its caller; null where the client tells of none. */
export function sessionOf(c: Context, { metadata, prompt_cache_key }: ChatBody): string | null {
  const told: unknown[] = [
    ...HEADERS.map((name) => c.req.header(name)),
    ...METADATA.map((name) => metadata?.[name]),
    prompt_cache_key,
  ]
  const id = told.find((id) => typeof id === 'string' && id !== '' && id.length <= MOST_CHARACTERS)
  return id === undefined ? null : sha256(JSON.stringify([callerOf(c), id]))
}
