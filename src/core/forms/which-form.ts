import { readAiderPrompt } from './aider-prompt.ts'
import { TICKS, type Form, type FormName } from './form.ts'

type Turn = { readonly role: string; readonly text: string }

/** What tells in which form a client reads changes. */
export type FormFacts = {
  /** The caller's own choice, which wins; null when there is none. */
  readonly chosen: FormName | null
  readonly messages: readonly Turn[]
  /** Did Open WebUI name itself in the request's headers? */
  readonly isOpenWebUi: boolean
}

/** In which form the client reads changes. When unsure it is the diff that everybody can read. */
export function whichForm({ chosen, messages, isOpenWebUi }: FormFacts): Form {
  const aider = aiderIn(messages)
  if (chosen !== null) return { name: chosen, fence: aider?.fence ?? TICKS }
  if (aider) return aider
  if (messages.some(isContinues)) return { name: 'continue', fence: TICKS }
  return { name: isOpenWebUi ? 'open-webui' : 'diff', fence: TICKS }
}

/** aider's rules come first, or behind the first request for models that take no system message. */
function aiderIn([first, second]: readonly Turn[]): Form | null {
  if (!first) return null
  const isInstruction = first.role === 'system' || (first.role === 'user' && second?.text === 'Ok.')
  return isInstruction ? readAiderPrompt(first.text) : null
}

/** The rules that Continue's chat sends along, in the tag it puts around them. */
const isContinues = ({ role, text }: Turn): boolean =>
  role === 'system' &&
  text.includes('<important_rules>') &&
  text.includes('Always include the language and file name in the info string when you write code blocks')
