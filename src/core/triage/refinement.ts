import { commands, withoutLead, asks } from './commands.ts'
import { namesPlace } from './words.ts'

type Turn = { readonly role: string; readonly text: string }

/** Does the conversation already hold a change that was handed over? Its line of evidence says so. */
export const holdsDelivery = (messages: readonly Turn[]): boolean =>
  messages.some(({ role, text }) => role === 'assistant' && DELIVERED.test(text))

const DELIVERED = /^Evidence: (?:verified|unverified)\b.* · task \S/m

/** Does this sentence only make sense after something that came before: "now also handle null"? */
export const leansOnEarlier = (sentence: string): boolean =>
  SAME.test(sentence) || (LEANS.test(sentence) && !namesPlace(sentence))

/** Does it want the delivered change to be different? Only asked when there is one. */
export function refines(sentence: string): boolean {
  if (asks(sentence) || /\?\s*$/.test(sentence)) return commands(sentence, true)
  return (
    commands(sentence, true) ||
    ELLIPTIC.test(sentence) ||
    ELLIPTIC.test(withoutLead(sentence)) ||
    COMPLAINT.test(sentence)
  )
}

const CHEER = '(?:(?:ok|okay|great|cool|nice|good|perfect|thanks|thank you|yes|no|hmm)[,.!]?\\s+)*'
const SAME = new RegExp(`^${CHEER}(?:(?:and|now|also|please|do)\\s+)*(?:the )?same\\b`, 'i')
const LEANS = new RegExp(`^${CHEER}(?:please )?(?:and|also|but|now also|now the|then also|plus)\\b`, 'i')

/** Half sentences whose verb is the earlier request's. */
const ELLIPTIC =
  /^(?:(?:and|also|but|now|please|no|rather|do)[,\s]+)*(?:(?:the )?same (?!to\b)|(?:for|in|with|to) (?=.*\b(?:too|also|as well)\b)|without\b|with an?\b|not (?:with|like|in|a|the)\b|only (?:in|for|when|if|the)\b|instead of\b|keep\b|leave\b|don['’]?t\b|do not\b|try again\b|again\b|once more\b|undo\b|revert\b|shorter\b|simpler\b|faster\b|as an?\b|preferably\b|i(?:'d| would) (?:rather|prefer)\b|i meant\b)|\b(?:too|as well|instead)[.!]?$/i

/** What somebody says who tried the change and is not content. */
const COMPLAINT =
  /\b(?:still (?:fails?|crash|broken|wrong|does|not|there|the same)|(?:doesn'?t|does not|didn'?t|isn'?t|won'?t) (?:\w+ )?(?:work|compile|build|apply|help|pass|quite|what|right|enough|handle|change|fix)|that breaks|now (?:it|the .{1,30}) (?:fails|breaks|crash)|not what i|too (?:slow|long|complex|complicated|verbose|big)|you (?:forgot|missed|broke|removed|overlooked)|(?:is|are) (?:still )?(?:missing|wrong|broken))\b/i
