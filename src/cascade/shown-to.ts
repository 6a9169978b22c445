import type { Privacy } from '../core/privacy/policy.ts'
import { withhold } from '../core/privacy/withhold.ts'
import type { TierName } from '../core/task.ts'
import type { Message } from './ports.ts'

/** What a model is shown of a prompt, and which private files it is not. */
export type Shown = {
  readonly messages: Message[]
  readonly leftOut: readonly string[]
  /** These cannot be cut out, so the prompt must not be sent. */
  readonly inside: readonly string[]
}

/** A prompt as a tier's model may see it: all of it at home, and in the cloud without the private files. */
export function shownTo(tier: TierName, messages: Message[], privacy: Privacy | undefined): Shown {
  if (privacy?.placeOf(tier) !== 'cloud') return { messages, leftOut: [], inside: [] }
  const parts = messages.map(({ content }) => withhold(content, (path) => privacy.isPrivate(path)))
  return {
    messages: messages.map((message, index) => ({ ...message, content: parts[index]!.text })),
    leftOut: [...new Set(parts.flatMap(({ leftOut }) => leftOut))],
    inside: [...new Set(parts.flatMap(({ inside }) => inside))],
  }
}
