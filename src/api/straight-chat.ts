import type { TierName } from '../core/task.ts'
import { CHAT } from './model-ids.ts'
import { listedModel } from './passthrough.ts'
import { modelIn, withModel } from '../core/replace-model.ts'
import type { ApiServices } from './services.ts'
import { readChatBody, type ChatBody } from './wire-format.ts'

/** A chat whose way is plain from its model's name: where it goes, and as what bytes. */
export type StraightChat = {
  readonly tier: TierName
  readonly text: string
  /** As the caller named it. */
  readonly model: string
  readonly why: string
}

type Header = (name: string) => string | undefined

/**
 * Is this a chat with a model that an upstream lists, or plain conversation in words alone? Then nothing else has to be
 * understood of it, which for a long prompt takes longer than all the rest. Throws 'bad-request' for conversation that is
 * no valid chat.
 */
export async function straightChat(
  text: string,
  header: Header,
  services: ApiServices,
): Promise<StraightChat | null> {
  const model = modelIn(text)
  if (model === CHAT) return isPlain(text, header) ? conversation(text, services) : null
  const listed = await listedModel(model, services)
  return listed && { tier: listed.tier, text, model: listed.id, why: 'a model of the upstream' }
}

function conversation(text: string, { models }: ApiServices): StraightChat {
  const tier = models.tiers[0]!
  return { tier, text: withModel(text, models.modelOf(tier)), model: CHAT, why: 'the caller chose it' }
}

/** Holds it words only, and no wish or answer that is ours to understand? */
function isPlain(text: string, header: Header): boolean {
  if (!text.includes('"messages"')) return false
  const body = readChatBody(text)
  return (
    body.model === CHAT &&
    body.metadata === undefined &&
    body.reasoning_effort === undefined &&
    body.messages.every(isWords) &&
    OURS.every((name) => header(name) === undefined)
  )
}

/** A tool's answer may be one to a call of ours. */
const isWords = ({ role, content }: ChatBody['messages'][number]): boolean =>
  role !== 'tool' && (!Array.isArray(content) || content.every(({ type }) => type === 'text'))

/** Headers that say what else is wanted. */
const OURS = ['x-quorum', 'x-quorum-workspace', 'x-quorum-form']
