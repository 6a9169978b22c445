import { z } from 'zod'
import { jsonOrNull } from '../json.ts'
import type { OfferedTool } from '../offered-tool.ts'
import { onOneLine } from '../one-line.ts'
import type { SpokenCall } from '../tool-step/spoken-calls.ts'
import type { ToolCard } from '../tools/tool-card.ts'
import { inputOf, LONGEST_CALL, MOST_CALLS, plainArguments, type Call } from './calls.ts'

/** Tools as they are offered to a model that calls them by itself. */
export const offerOf = (cards: readonly ToolCard[]): OfferedTool[] =>
  cards.map((card) => ({
    name: card.name,
    description: card.description,
    parameters: { type: 'object', additionalProperties: false, ...inputOf(card) },
  }))

/** The calls of one reply that can be made, and what is wrong with the others, each in a line for the model. */
export type ReadCalls = { readonly calls: readonly Call[]; readonly wrong: readonly string[] }

/** Reads the calls of a reply, each once, and so many as one reply may hold. */
export function readNativeCalls(spoken: readonly SpokenCall[], cards: readonly ToolCard[]): ReadCalls {
  const known = [...new Map(spoken.map((call) => [`${call.name} ${call.arguments}`, call])).values()]
  const read = known.slice(0, MOST_CALLS).map((call) => readCall(call, cards))
  const more = known.length - read.length
  const calls = read.filter((one) => typeof one !== 'string')
  const wrong = read.filter((one) => typeof one === 'string')
  return {
    calls: [...new Map(calls.map((call) => [keyOf(call), call])).values()],
    wrong: more > 0 ? [...wrong, `${more} more calls: not answered, as ${MOST_CALLS} are the most`] : wrong,
  }
}

/** What tells two calls apart. */
export const keyOf = ({ tool, arguments: given }: Call): string => `${tool} ${JSON.stringify(given)}`

/** The call, or what is wrong with it. */
function readCall({ name, arguments: text }: SpokenCall, cards: readonly ToolCard[]): Call | string {
  // nothing in it may open a fence, or close one
  const label = onOneLine(`${name} ${text}`, LONGEST_LABEL).replaceAll('`', "'")
  const card = cards.find((one) => one.name === name)
  if (!card) return `${label}: there is no such tool; there is: ${cards.map((one) => one.name).join(', ')}`
  if (text.length > LONGEST_CALL) return `${label}: more than ${LONGEST_CALL} characters are no question`
  const given = Given.safeParse(text.trim() === '' ? {} : jsonOrNull(text))
  if (!given.success) return `${label}: its arguments are no JSON object`
  const asked = plainArguments(given.data)
  const checked = card.input.safeParse(asked)
  return checked.success ? { tool: name, arguments: asked } : `${label}: ${firstIssue(checked.error)}`
}

const LONGEST_LABEL = 120
const Given = z.record(z.string(), z.unknown())

function firstIssue({ issues: [issue] }: z.ZodError): string {
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  return onOneLine(`${where}${issue?.message ?? 'bad arguments'}`, 200)
}
