import { z } from 'zod'
import { Policy } from '../core/privacy/policy-name.ts'
import { BudgetWish, Effort } from '../core/task.ts'
import { chatParameters } from './chat-parameters.ts'
import { badRequest } from './faults.ts'

const Part = z.looseObject({ type: z.string(), text: z.string().nullish() })

const Message = z
  .looseObject({
    role: z.enum(['developer', 'system', 'user', 'assistant', 'tool', 'function']),
    content: z.union([z.string(), z.array(Part)]).nullish(),
  })
  .refine(({ role, content }) => role !== 'user' || (content !== undefined && content !== null), {
    path: ['content'],
    error: 'a user message needs content',
  })

/** What is read of a chat request; every other key is the upstream's business and passes untouched. */
const ChatBody = z.looseObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  ...chatParameters,
})
export type ChatBody = z.infer<typeof ChatBody>

const Tokens = z.array(z.int())
const Text = z.union(
  [z.string(), z.array(z.string()), Tokens, z.array(Tokens)],
  'a text, several of them, or tokens are expected',
)

/** What is read of a completion's request; it goes to one model as it is. */
const CompletionBody = z.looseObject({ model: z.string().min(1), prompt: Text })

/** What is read of a request for embeddings. */
const EmbeddingBody = z.looseObject({ model: z.string().min(1), input: Text })

/** What the task form takes. */
const WorkflowBody = z.looseObject({
  request: z.string().trim().min(1).optional(),
  description: z.string().trim().min(1).optional(),
  filesOwned: z.array(z.string().min(1)).default([]),
  allowTests: z.boolean().default(false),
  effort: Effort.default('medium'),
  budget: BudgetWish,
  policy: Policy.optional(),
  workspace: z.string().min(1).optional(),
  /** The task whose change this one goes on from. */
  upon: z.string().min(1).optional(),
})
export type WorkflowBody = z.infer<typeof WorkflowBody>

/** Reads a chat request, or says which field is at fault. */
export function readChatBody(text: string): ChatBody {
  const json = readJson(text)
  if ('input' in json && !('messages' in json)) {
    throw badRequest(
      'this is the body of a /v1/responses request; send "messages" instead of "input"',
      'messages',
    )
  }
  const body = believe(ChatBody, json)
  body.messages.forEach(({ content }, index) => refuseParts(content, `messages.${index}.content`))
  return body
}

/** The model a completion is asked of. */
export const readCompletionModel = (text: string): string => believe(CompletionBody, readJson(text)).model

/** The model embeddings are asked of. */
export const readEmbeddingModel = (text: string): string => believe(EmbeddingBody, readJson(text)).model

/** Reads a task form, or says which field is at fault. */
export function readWorkflowBody(text: string): WorkflowBody & { request: string } {
  const body = believe(WorkflowBody, readJson(text))
  const request = body.request ?? body.description
  if (request === undefined) throw badRequest('say what to do in "request"', 'request')
  return { ...body, request }
}

/** A message's text: its text parts, one below the other. */
export function textOf({ content }: ChatBody['messages'][number]): string {
  if (typeof content === 'string') return content
  return (content ?? []).map(({ text }) => text ?? '').join('\n')
}

function readJson(text: string): object {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw badRequest(`the body is no JSON: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw badRequest('the body has to be a JSON object')
  }
  return json
}

function believe<Schema extends z.ZodType>(schema: Schema, json: unknown): z.infer<Schema> {
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const issue = read.error.issues[0]!
  const param = issue.path.join('.')
  throw badRequest(`${param || 'body'}: ${issue.message}`, param)
}

/** A wish that cannot be met is refused, never dropped in silence. What is no text is read in `media/`. */
function refuseParts(content: ChatBody['messages'][number]['content'], param: string): void {
  if (!Array.isArray(content)) return
  content.forEach(({ type, text }, index) => {
    const at = `${param}.${index}`
    // assistants' refusals and thoughts come back in histories; they bear no text of their own
    if (type === 'text' && typeof text !== 'string') throw badRequest('a text part needs "text"', at)
  })
}
