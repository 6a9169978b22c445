import { readCommand } from './spec-kit/command.ts'
import { backgroundKind } from './triage/background.ts'
import { asksForChange } from './triage/change.ts'
import { asksAboutWorkspace } from './triage/question.ts'
import { holdsDelivery } from './triage/refinement.ts'

/** What triage looks at. */
export type RequestFacts = {
  /** The caller's own choice, by model name, metadata or header; null when there is none. */
  readonly explicit: 'task' | 'direct' | null
  readonly messages: readonly { readonly role: string; readonly text: string }[]
  /** What the last message asks, without the files it carries. */
  readonly request: string
  /** Did the caller attach files? */
  readonly hasFiles: boolean
  /** Is there a workspace, or are there files to work on? */
  readonly hasPlace: boolean
  /** Is there a workspace that a question could be about? */
  readonly hasWorkspace: boolean
  /** Does that workspace define one of the names asked about? Absent: nobody has looked. */
  readonly namesOwn?: boolean
  /** The names of the tools the client offers. */
  readonly tools: readonly string[]
  /** Is a delivered change known that this conversation goes on from, whatever its words tell of it? */
  readonly goesOn?: boolean
  /** Can a change be handed over through one of those tools? */
  readonly takesEdits: boolean
  readonly stream: boolean
  readonly maxTokens: number | null
}

export type Triage =
  /** `inWorkspace`: what it is about stands there, whatever files came with the request. */
  | { readonly kind: 'task'; readonly inWorkspace?: true }
  /** About the workspace: answered by one model that has read it. */
  | { readonly kind: 'question' }
  /** An agent's ordinary turn: the next call, or words. */
  | { readonly kind: 'step'; readonly why: string }
  | { readonly kind: 'direct'; readonly why: string }

/** No useful diff fits into this many tokens: such requests ask for titles, emojis, signs of life. */
const TINY_OUTPUT = 100

/**
 * Is this a change to code that somebody asked for, or anything else? Structure speaks before words; when unsure, the
 * swarm stays out of it.
 */
export function triage(facts: RequestFacts): Triage {
  if (facts.explicit === 'task') return { kind: 'task' }
  if (facts.explicit === 'direct') return direct('the caller chose it')
  const isAgent = facts.tools.length > 0
  const last = facts.messages.at(-1)?.role
  const isResult = isAgent && last === 'tool'
  if (last !== 'user' && !isResult) return direct('the last message is not from a user')
  if (facts.maxTokens !== null && facts.maxTokens <= TINY_OUTPUT) return direct('a tiny output limit')
  const errand = backgroundKind(facts)
  if (errand !== null) return direct(errand)
  if (isResult || (isAgent && !facts.takesEdits)) return STEP
  if (!facts.hasPlace) return isAgent ? STEP : direct('no workspace and no files to work on')
  if (facts.hasWorkspace && readCommand(facts.request)) return { kind: 'task', inWorkspace: true }
  const delivered = facts.goesOn === true || holdsDelivery(facts.messages)
  if (asksForChange(facts.request, { hasFiles: facts.hasFiles, delivered })) return { kind: 'task' }
  // an agent reads for itself
  if (isAgent) return STEP
  if (facts.hasWorkspace && asksAboutWorkspace(facts)) return { kind: 'question' }
  return direct('no change to code is asked for')
}

const direct = (why: string): Triage => ({ kind: 'direct', why })
const STEP: Triage = { kind: 'step', why: "an agent's turn" }
