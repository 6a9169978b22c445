import { canonicalJson } from './canonical.ts'
import type { WorkspaceChoice } from './task.ts'

type Fields = Readonly<Record<string, unknown>>

/** What makes two chat requests ask for the same thing. */
export type Asked = {
  /** The credentials it came with: nobody gets an answer that somebody else asked for. */
  readonly caller: string
  readonly workspace: WorkspaceChoice
  /** The task whose change it goes on from: a session may tell it, and not the body. */
  readonly upon: string | null
  readonly body: Fields
}

/**
 * One text for all requests that ask for the same. What is not known here counts: a field too many starts a task that
 * was not needed, a field too few would hand over the answer to another question.
 */
export const requestKey = ({ caller, workspace, upon, body }: Asked): string =>
  canonicalJson({ caller, workspace, upon, body: withoutIdle(body) })

function withoutIdle(body: Fields): Fields {
  const { metadata, ...rest } = body
  // none and an empty one say the same
  return { ...kept(rest, IDLE), metadata: isFields(metadata) ? kept(metadata, IDLE_METADATA) : {} }
}

const kept = (fields: Fields, idle: ReadonlySet<string>): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) => value !== null && value !== undefined && !idle.has(key) && !PASSING_ID.test(key),
    ),
  )

/** How an answer is sent, by whom it is billed and how a single model samples: none of it changes a task. */
const IDLE: ReadonlySet<string> = new Set(
  (
    'stream stream_options store service_tier prediction n max_tokens max_completion_tokens temperature top_p ' +
    'presence_penalty frequency_penalty seed logit_bias logprobs top_logprobs user safety_identifier ' +
    'prompt_cache_key prompt_cache_retention prompt_cache_options'
  ).split(' '),
)

/** The wish itself is no part of what is asked, nor is how its answer looks. */
const IDLE_METADATA: ReadonlySet<string> = new Set(['join', 'form'])

/** Ids of a session or of a single try, as clients spell them: `session_id`, `chatId`, `request-id`. */
const PASSING_ID = /^(?:session|conversation|chat|thread|turn|trace|span|request|message|run)[_-]?id$/i

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
