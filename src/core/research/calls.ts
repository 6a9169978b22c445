import { z } from 'zod'
import { findJson } from '../json.ts'
import type { JsonSchema } from '../json-form.ts'
import { onOneLine } from '../one-line.ts'
import type { ToolCard } from '../tools/tool-card.ts'

/** What a model wants to see: a tool, and what it is asked. */
export type Call = { readonly tool: string; readonly arguments: Readonly<Record<string, unknown>> }

/** Of one reply, so many are made. */
export const MOST_CALLS = 6
/** Characters of one call; whoever needs more is not asking but reciting. */
export const LONGEST_CALL = 2_000
const LONGEST_TEXT = 300

/** The calls of a reply that can be made with these tools, each once; none where it holds no JSON of that form. */
export function readCalls(reply: string, cards: readonly ToolCard[]): Call[] {
  const read = Reply.safeParse(findJson(reply))
  const asked = (read.data?.calls ?? [])
    .slice(0, 10 * MOST_CALLS)
    .flatMap((one) => Asked.safeParse(one).data ?? [])
  const known = asked.filter(({ tool }) => cards.some(({ name }) => name === tool))
  const calls = known.map(({ tool, arguments: given }) => ({ tool, arguments: plainArguments(given ?? {}) }))
  const unlike = new Map(calls.map((call) => [JSON.stringify(call), call]))
  return [...unlike]
    .filter(([key]) => key.length <= LONGEST_CALL)
    .map(([, call]) => call)
    .slice(0, MOST_CALLS)
}

const Reply = z.object({ calls: z.array(z.unknown()) })
const Asked = z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()).nullish() })

/** Whose workspace it is, is not for a model to say; and what it leaves open, it often calls null. */
export const plainArguments = (given: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([key, value]) => key !== 'workspace' && value !== null))

/** The form of a reply, for servers that hold a model to one. */
export const callForm = (cards: readonly ToolCard[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: ['calls'],
  properties: { calls: { type: 'array', maxItems: MOST_CALLS, items: { anyOf: cards.map(formOf) } } },
})

function formOf(card: ToolCard): JsonSchema {
  const { properties, required } = inputOf(card)
  const bounded = Object.entries(properties).map(([key, { type, enum: choices }]) => {
    if (choices !== undefined) return [key, { type, enum: choices }]
    return [key, type === 'string' ? { type, maxLength: LONGEST_TEXT } : { type }]
  })
  const given = {
    type: 'object',
    additionalProperties: false,
    required,
    properties: Object.fromEntries(bounded),
  }
  return {
    type: 'object',
    additionalProperties: false,
    required: ['tool', 'arguments'],
    properties: { tool: { type: 'string', enum: [card.name] }, arguments: given },
  }
}

/** The tools as a prompt explains them. */
export const describeTools = (cards: readonly ToolCard[]): string => cards.map(describe).join('\n\n')

function describe(card: ToolCard): string {
  const { properties, required } = inputOf(card)
  const lines = Object.entries(properties).map(([key, { type, enum: choices, description }]) => {
    const kind = choices?.map((choice) => JSON.stringify(choice)).join(' or ') ?? type ?? 'any'
    const about = description === undefined ? '' : `: ${description}`
    return `  - ${key} (${kind}${required.includes(key) ? '' : ', optional'})${about}`
  })
  return [`- ${card.name}: ${card.description}`, ...lines].join('\n')
}

// a grammar made from patterns and far bounds is refused by some servers, so no more than this of them is kept
const Input = z.object({
  properties: z.record(
    z.string(),
    z.object({
      type: z.string().optional(),
      enum: z.array(z.string()).optional(),
      description: z.string().optional(),
    }),
  ),
  required: z.array(z.string()).default([]),
})

/** What a tool takes besides the workspace, for a model. */
export function inputOf({ input }: ToolCard): z.infer<typeof Input> {
  const { properties, required } = Input.parse(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }))
  const { workspace: _, ...others } = properties
  return { properties: others, required }
}

/** What is being looked at, in a line. */
export const sayCalls = (calls: readonly Call[]): string =>
  onOneLine(calls.map(sayCall).join(', '), LONGEST_LINE)

const LONGEST_LINE = 400

function sayCall({ tool, arguments: given }: Call): string {
  const text = (key: string): string => {
    const value = given[key]
    return typeof value === 'string' || typeof value === 'number' ? onOneLine(String(value), 80) : ''
  }
  switch (tool) {
    case 'read_file':
      return `reads ${text('path')}${text('start') === '' ? '' : ` from line ${text('start')}`}`
    case 'find_references':
      return `looks for ${text('name')}`
    case 'search_docs':
      return `searches the documents for "${text('query')}"`
    case 'analyze_codebase':
      return 'looks over the project'
    case 'git_diff':
      return `looks at what changed${text('path') === '' ? '' : ` in ${text('path')}`}`
    default:
      return `asks ${tool}`
  }
}
