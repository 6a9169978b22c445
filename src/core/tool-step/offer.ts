import { z } from 'zod'
import type { OfferedTool } from '../offered-tool.ts'

/** What may be called in an agent's turn. */
export type Offer = {
  readonly tools: readonly OfferedTool[]
  /** Is an answer in words no answer? */
  readonly mustCall: boolean
  /** May one answer hold several calls? */
  readonly parallel: boolean
}

type Choice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } }
  | {
      readonly type: 'allowed_tools'
      readonly allowed_tools: { readonly mode: 'auto' | 'required'; readonly tools: readonly unknown[] }
    }

export type Wishes = {
  readonly tool_choice?: Choice | null | undefined
  readonly parallel_tool_calls?: boolean | null | undefined
}

/** What a client lets be called; null where nothing may be. */
export function readOffer(tools: readonly OfferedTool[], wishes: Wishes): Offer | null {
  const { mustCall, names } = readChoice(wishes.tool_choice ?? 'auto')
  const callable = names === null ? tools : tools.filter(({ name }) => names.has(name))
  if (callable.length === 0) return null
  return { tools: callable, mustCall, parallel: wishes.parallel_tool_calls !== false }
}

/** `names` null: whatever is offered. */
function readChoice(choice: Choice): { mustCall: boolean; names: ReadonlySet<string> | null } {
  if (choice === 'none') return { mustCall: false, names: new Set() }
  if (typeof choice === 'string') return { mustCall: choice === 'required', names: null }
  if (choice.type === 'function') return { mustCall: true, names: new Set([choice.function.name]) }
  const { mode, tools } = choice.allowed_tools
  return { mustCall: mode === 'required', names: new Set(tools.flatMap(nameOf)) }
}

const Named = z.union([
  z.object({ function: z.object({ name: z.string() }) }).transform((tool) => tool.function.name),
  z.object({ name: z.string() }).transform(({ name }) => name),
])

function nameOf(tool: unknown): string[] {
  const read = Named.safeParse(tool)
  return read.success ? [read.data] : []
}
