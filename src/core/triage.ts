import { backgroundKind } from './background.ts'
import { asksForChange } from './intent.ts'

/** What triage looks at. */
export type RequestFacts = {
  /** The caller's own choice, by model name or metadata; null when there is none. */
  readonly explicit: 'task' | 'direct' | null
  readonly messages: readonly { readonly role: string; readonly text: string }[]
  /** What the last message asks, without the files it carries. */
  readonly request: string
  /** Did the caller attach files? */
  readonly hasFiles: boolean
  /** Is there a workspace, or are there files to work on? */
  readonly hasPlace: boolean
  readonly hasTools: boolean
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
  if (facts.hasTools) return direct("an agent's turn")
  if (facts.messages.at(-1)?.role !== 'user') return direct('the last message is not from a user')
  if (facts.maxTokens !== null && facts.maxTokens <= TINY_OUTPUT) return direct('a tiny output limit')
  const errand = backgroundKind(facts)
  if (errand !== null) return direct(errand)
  if (!facts.hasPlace) return direct('no workspace and no files to work on')
  return asksForChange(facts.request, { hasFiles: facts.hasFiles })
    ? { kind: 'task' }
    : direct('no change to code is asked for')
}

const direct = (why: string): Triage => ({ kind: 'direct', why })
