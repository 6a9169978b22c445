import { backgroundKind } from './triage/background.ts'
import { asksForChange } from './triage/change.ts'
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
  /** The names of the tools the client offers. */
  readonly tools: readonly string[]
  /** Can a change be handed over through one of those tools? */
  readonly takesEdits: boolean
  readonly stream: boolean
  readonly maxTokens: number | null
}

export type Triage = { readonly kind: 'task' } | { readonly kind: 'direct'; readonly why: string }

/** No useful diff fits into this many tokens: such requests ask for titles, emojis, signs of life. */
const TINY_OUTPUT = 100

/**
 * Is this a change to code that somebody asked for, or anything else? Structure speaks before words; when unsure, the
 * swarm stays out of it.
 */
export function triage(facts: RequestFacts): Triage {
  if (facts.explicit === 'task') return { kind: 'task' }
  if (facts.explicit === 'direct') return direct('the caller chose it')
  if (facts.messages.at(-1)?.role !== 'user') return direct('the last message is not from a user')
  if (facts.maxTokens !== null && facts.maxTokens <= TINY_OUTPUT) return direct('a tiny output limit')
  const errand = backgroundKind(facts)
  if (errand !== null) return direct(errand)
  if (facts.tools.length > 0 && !facts.takesEdits) return direct("an agent's turn")
  if (!facts.hasPlace) return direct('no workspace and no files to work on')
  const delivered = holdsDelivery(facts.messages)
  return asksForChange(facts.request, { hasFiles: facts.hasFiles, delivered })
    ? { kind: 'task' }
    : direct('no change to code is asked for')
}

const direct = (why: string): Triage => ({ kind: 'direct', why })
