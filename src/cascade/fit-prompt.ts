import {
  fitParts,
  splitWindow,
  tokensOf,
  type Cut,
  type Fitted,
  type Part,
  type ShownFile,
} from '../core/budget-context.ts'
import type { OfferedTool } from '../core/offered-tool.ts'
import { mostTokens } from '../core/token-bound.ts'
import type { Place, Role, TierName } from '../core/task.ts'
import type { Models, Ports, Prompt, PromptName, Stage, Window } from './ports.ts'

/** A part of a prompt and where it stands; several parts of one placeholder stand below each other. */
export type PromptPart = Part & {
  readonly into: string
  readonly heading?: string
  /** What stands there when there is nothing to show. */
  readonly instead?: string
}

/** The usual part: a text. */
export const textPart = (
  into: string,
  name: string,
  text: string,
  keep: 'start' | 'end' | 'both',
  share: number,
  instead = '',
): PromptPart => ({ kind: 'text', into, name, text, keep, share, instead })

export type Draft = {
  readonly name: PromptName
  /** The most important first. */
  readonly parts: readonly PromptPart[]
  /** Values that are never cut. Where a value will differ between seats, the longest of them. */
  readonly fixed?: Readonly<Record<string, string>>
  /** What goes with the messages and takes tokens as well. */
  readonly tools?: readonly OfferedTool[]
  /** What is asked instead where something of this one would have to be left out. */
  readonly otherwise?: () => Promise<Draft>
}

export type Asker = { readonly role: Role; readonly place: Place; readonly tier: TierName }

/** Makes a prompt from its parts with other fixed values. */
export type FittedPrompt = ((fixed?: Readonly<Record<string, string>>) => Prompt) & {
  /** Files that it shows, as far as its parts say. */
  readonly shown: readonly ShownFile[]
}

/**
 * Puts a prompt together so that it and its reply fit into what the tier's model can read at once. What has to be left
 * out for that is told. Where nobody knows the window, everything stays.
 */
export async function* fitPrompt(
  draft: Draft,
  asker: Asker,
  { prompts, models }: Pick<Ports, 'prompts' | 'models'>,
  signal: AbortSignal,
): Stage<FittedPrompt> {
  const window = await windowOf(models, asker.tier, signal)
  const empty = prompts.render(draft.name, valuesOf(draft, [], draft.fixed))
  if (window === null) return assemble(draft, wholeOf(draft), empty.maxTokens, prompts)
  const { reply, prompt } = splitWindow(window.tokens, empty.maxTokens)
  const around = tokensOf(empty.messages) + wordsAround(draft) + tokensOfTools(draft)
  const fit = (scale: number) => fitParts(draft.parts, Math.floor(prompt / scale) - around)
  const first = fit(window.scale)
  const scale =
    first.cuts.length === 0 ? null : await countedScale(draft, asker.tier, { prompts, models }, signal)
  const fitted = scale !== null && scale < window.scale ? fit(scale) : first
  const { cuts } = fitted
  if (cuts.length > 0 && draft.otherwise)
    return yield* fitPrompt(await draft.otherwise(), asker, { prompts, models }, signal)
  if (cuts.length > 0) yield trimmed(asker, models, window, cuts)
  return assemble(draft, fitted, reply, prompts)
}

const windowOf = async (
  models: Models,
  tier: TierName,
  signal: AbortSignal,
): Promise<(Window & { tokens: number }) | null> => {
  const window = await models.windowOf?.(tier, signal)
  return window && window.tokens !== null ? { ...window, tokens: window.tokens } : null
}

/** A server that counts tokens is asked only where something would have to go; it may show that it need not. */
async function countedScale(
  draft: Draft,
  tier: TierName,
  { prompts, models }: Pick<Ports, 'prompts' | 'models'>,
  signal: AbortSignal,
): Promise<number | null> {
  const { messages } = prompts.render(draft.name, valuesOf(draft, wholeOf(draft).texts, draft.fixed))
  const counted = await models.countTokens?.(tier, messages, signal)
  return typeof counted === 'number' ? (counted * SLACK) / tokensOf(messages) : null
}

/** What is left after cutting is not the same text as the one that was counted. */
const SLACK = 1.1

function assemble(
  draft: Draft,
  { texts, shown }: Fitted,
  maxTokens: number,
  prompts: Ports['prompts'],
): FittedPrompt {
  const make = (fixed?: Readonly<Record<string, string>>): Prompt => ({
    ...prompts.render(draft.name, valuesOf(draft, texts, { ...draft.fixed, ...fixed })),
    maxTokens,
    ...(draft.tools && { tools: draft.tools }),
  })
  return Object.assign(make, { shown })
}

function valuesOf(
  { parts }: Draft,
  texts: readonly string[],
  fixed: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const values: Record<string, string> = { ...fixed }
  for (const [into, inside] of Map.groupBy(parts.entries(), ([, part]) => part.into)) {
    const shown = inside.flatMap(([index, { heading }]) => {
      const text = texts[index] ?? ''
      if (text === '') return []
      return [heading === undefined ? text : `${heading}\n\n${text}`]
    })
    const [, { instead = '' }] = inside[0]!
    values[into] = shown.length > 0 ? shown.join('\n\n') : instead
  }
  return values
}

/** All of each part, as if there were room for everything. */
const wholeOf = ({ parts }: Draft): Fitted => fitParts(parts, Number.MAX_SAFE_INTEGER)

/** Headings come and go with their parts: all of them are counted. */
const wordsAround = ({ parts }: Draft): number =>
  parts.reduce(
    (sum, { heading = '', instead = '' }) => sum + mostTokens(heading) + mostTokens(instead) + 1,
    0,
  )

const tokensOfTools = ({ tools }: Draft): number =>
  tools ? tokensOf([{ content: JSON.stringify(tools) }]) : 0

const trimmed = (
  { role, place, tier }: Asker,
  models: Models,
  { tokens }: { readonly tokens: number },
  cuts: readonly Cut[],
) => ({
  type: 'prompt_trimmed' as const,
  role,
  place,
  tier,
  model: models.modelOf(tier),
  window: tokens,
  cuts: [...cuts],
})
