import type { SwarmEvent } from '../core/event.ts'
import { estimateTokens } from '../core/tokens.ts'
import type { Asker, FittedPrompt } from './fit-prompt.ts'
import type { Ports } from './ports.ts'

/** Tells what somebody is about to be shown: which files, in which form, and how long all of it is. */
export function contextReady(
  { role, place, tier }: Asker,
  prompt: FittedPrompt,
  { privacy }: Ports,
): SwarmEvent {
  const { messages, tools } = prompt()
  const beside = tools ? JSON.stringify(tools).length : 0
  const characters = messages.reduce((sum, { content }) => sum + content.length, beside)
  // what is private is cut out of the prompt on its way to the cloud
  const isHidden = (path: string): boolean => privacy?.placeOf(tier) === 'cloud' && privacy.isPrivate(path)
  const files = prompt.shown.filter(({ path }) => !isHidden(path))
  return { type: 'context_ready', role, place, tier, tokens: estimateTokens(characters), files: [...files] }
}
