import { readMessageFiles } from '../core/message-files.ts'
import { readEffort } from '../core/effort.ts'
import { Policy } from '../core/privacy/policy-name.ts'
import { spokenTurns } from '../core/forms/aider-turns.ts'
import type { Form } from '../core/forms/form.ts'
import type { Budget, Effort, SourceFile } from '../core/task.ts'
import type { OfferedTool } from '../core/offered-tool.ts'
import type { RequestFacts } from '../core/triage.ts'
import { badRequest } from './faults.ts'
import { readAttachments, textWith, type Attachment } from './media/attachments.ts'
import { readModelId } from './model-ids.ts'
import { readForm } from './read-form.ts'
import type { ApiServices } from './services.ts'
import { readChatBody, type ChatBody } from './wire-format.ts'

type AskedTool = NonNullable<ChatBody['tools']>[number]

/** A chat request, understood. */
export type ChatRequest = {
  /** The client's own bytes, for the direct path. */
  readonly text: string
  readonly body: ChatBody
  /** What came with it and is no text. */
  readonly attachments: readonly Attachment[]
  /** What the last message asks, with the places of its pictures and recordings. */
  readonly asked: string
  /** The tools the client offers. */
  readonly tools: readonly OfferedTool[]
  /** How the client reads a change, where it has no tool for it. */
  readonly form: Form
  readonly model: string
  readonly stream: boolean
  readonly includeUsage: boolean
  /** Existing tests may be changed. */
  readonly allowTests: boolean
  readonly effort: Effort
  readonly budget: Budget
  /** How much may go to the cloud, where the request says so. */
  readonly policy: Policy | null
  readonly files: readonly SourceFile[]
  /** The earlier turns as text. */
  readonly conversation: string
  /** Workspaces the caller named, and where; at most one name is allowed. */
  readonly named: readonly { readonly name: string; readonly param: string }[]
  readonly facts: Omit<RequestFacts, 'hasPlace' | 'hasWorkspace'>
}

/** Parses a chat request's body; throws 'bad-request' with the field at fault. */
export function readChatRequest(
  text: string,
  header: (name: string) => string | undefined,
  services: ApiServices,
): ChatRequest {
  const body = readChatBody(text)
  const model = readModelId(body.model, services)
  const asked = readAskedEffort(body)
  const attachments = readAttachments(body.messages)
  const form = readForm(body, turnsOf(body, attachments, { marks: false }), header)
  const turns = spokenTurns(turnsOf(body, attachments, { marks: false }))
  const read = turns.map(readTurn)
  // what is asked about a picture is understood without it; whoever works on it needs to know where it stood
  const told =
    attachments.length === 0 ? read : spokenTurns(turnsOf(body, attachments, { marks: true })).map(readTurn)
  const last = read.findLastIndex(({ role }) => role === 'user')
  const files = [...new Map(read.flatMap(({ files }) => files).map((file) => [file.path, file])).values()]
  const tools = (body.tools ?? []).map(offeredTool)
  return {
    text,
    body,
    attachments,
    asked: told[last]?.request ?? '',
    tools,
    form,
    model: body.model,
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    allowTests: readLeave(body),
    effort: model.effort ?? (asked === 'direct' ? 'medium' : asked),
    budget: readBudget(body),
    policy: readPolicy(body),
    files,
    conversation: conversationOf(told.slice(0, Math.max(0, last))),
    named: namedWorkspaces(body, model.workspace, header('x-quorum-workspace')),
    facts: {
      // a name from the model picker is a choice; a parameter may be a client's own default
      explicit:
        model.explicit ??
        readChoice(body.metadata?.['quorum'], 'metadata.quorum') ??
        readChoice(header('x-quorum'), 'x-quorum') ??
        (model.effort === null && asked === 'direct' ? 'direct' : null),
      messages: turns,
      request: read[last]?.request ?? '',
      hasFiles: files.length > 0,
      tools: tools.map(({ name }) => name),
      takesEdits: false,
      stream: body.stream === true,
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    },
  }
}

type Turn = { readonly role: string; readonly text: string }

const turnsOf = (
  { messages }: ChatBody,
  attachments: readonly Attachment[],
  how: { readonly marks: boolean },
): Turn[] =>
  messages.map((message, index) => ({
    role: message.role,
    text: textWith(message, index, attachments, how),
  }))

const readTurn = (turn: Turn) =>
  turn.role === 'user'
    ? { ...turn, ...readMessageFiles(turn.text) }
    : { ...turn, files: [], request: turn.text }

const offeredTool = ({ function: { name, description, parameters } }: AskedTool): OfferedTool => ({
  name,
  description: description ?? '',
  parameters: parameters ?? {},
})

/** Clients' system prompts talk about their own chat format, which would contradict the coders' prompts. */
function conversationOf(turns: readonly { role: string; request: string }[]): string {
  return turns
    .filter(({ role, request }) => (role === 'user' || role === 'assistant') && request !== '')
    .map(({ role, request }) => `${role}: ${request}`)
    .join('\n\n')
}

function readChoice(choice: unknown, param: string): RequestFacts['explicit'] {
  if (choice === undefined || choice === null) return null
  if (choice === 'task' || choice === 'direct') return choice
  throw badRequest(`${param} is "task" or "direct"`, param)
}

/** Clients that follow the protocol to the letter can send text only. */
function readLeave({ metadata }: ChatBody): boolean {
  const leave = metadata?.['allowTests'] ?? false
  if (typeof leave === 'boolean') return leave
  if (leave === 'true' || leave === 'false') return leave === 'true'
  throw badRequest('metadata.allowTests is "true" or "false"', 'metadata.allowTests')
}

function readAskedEffort({ reasoning_effort: word }: ChatBody): Effort | 'direct' {
  if (word === undefined || word === null) return 'medium'
  const effort = readEffort(word)
  if (effort !== null) return effort
  throw badRequest('reasoning_effort is none, minimal, low, medium, high, xhigh or max', 'reasoning_effort')
}

/** What the request may spend, as numbers or, for clients that can send text only, digits. */
function readBudget({ metadata }: ChatBody): Budget {
  const limit = (key: string): number | null => {
    const value = metadata?.[key] ?? null
    if (value === null) return null
    const limit = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
    if (typeof limit === 'number' && Number.isInteger(limit) && limit > 0) return limit
    throw badRequest(`metadata.${key} is a whole number above 0`, `metadata.${key}`)
  }
  return {
    tokens: limit('budgetTokens'),
    seconds: limit('budgetSeconds'),
    attempts: limit('budgetAttempts'),
  }
}

/** A wish for less than the configuration lets out; one for more is heard, and does nothing. */
function readPolicy({ metadata }: ChatBody): Policy | null {
  const wish = metadata?.['policy'] ?? null
  if (wish === null) return null
  const policy = Policy.safeParse(wish)
  if (policy.success) return policy.data
  throw badRequest(`metadata.policy is one of ${Policy.options.join(', ')}`, 'metadata.policy')
}

function namedWorkspaces(
  { metadata }: ChatBody,
  suffix: string | null,
  header: string | undefined,
): ChatRequest['named'] {
  const inMetadata = metadata?.['workspace']
  if (inMetadata !== undefined && inMetadata !== null && typeof inMetadata !== 'string') {
    throw badRequest('metadata.workspace has to be a name', 'metadata.workspace')
  }
  return [
    { name: suffix, param: 'model' },
    { name: header, param: 'x-quorum-workspace' },
    { name: inMetadata, param: 'metadata.workspace' },
  ].flatMap(({ name, param }) => (typeof name === 'string' ? [{ name, param }] : []))
}
