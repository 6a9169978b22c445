/**
 * Tokens a text comes to at most, in the vocabularies in common use; of code and prose about a third more than they
 * really take. Weighed against cl100k_base and o200k_base on code, prose in seven languages, digits and base64; digits
 * count one by one, as some vocabularies take them. A server that counts knows better.
 */
export function mostTokens(text: string): number {
  let tokens = 1
  let before: Kind = 'space'
  for (let index = 0; index < text.length; index += 1) {
    const kind = kindOf(text.charCodeAt(index))
    tokens += weightOf(kind, before)
    before = kind
  }
  return Math.ceil(tokens)
}

/** How many characters of a text, from its start or its end, come to at most so many tokens. */
export function charactersWithin(text: string, most: number, from: 'start' | 'end'): number {
  let tokens = 1
  for (let taken = 0; taken < text.length; taken += 1) {
    const index = from === 'start' ? taken : text.length - 1 - taken
    // what stands before the first that is taken from the end may weigh more alone
    tokens += weightOf(kindOf(text.charCodeAt(index)), index === 0 ? 'space' : kindAt(text, index - 1))
    if (Math.ceil(tokens + HEAVIEST) > most) return taken
  }
  return text.length
}

type Kind = 'lower' | 'upper' | 'digit' | 'space' | 'mark' | 'pair' | 'other'

/** What one character adds, at most. */
const HEAVIEST = 1.5

const kindAt = (text: string, index: number): Kind => kindOf(text.charCodeAt(index))

function kindOf(code: number): Kind {
  if (code >= 97 && code <= 122) return 'lower'
  if (code <= 32) return 'space'
  if (code >= 65 && code <= 90) return 'upper'
  if (code >= 48 && code <= 57) return 'digit'
  if (code < 128) return 'mark'
  // half of a character beyond the basic plane, such as an emoji
  return code >= 0xd800 && code <= 0xdfff ? 'pair' : 'other'
}

/** A word begins where the kind changes, and so does a token. */
function weightOf(kind: Kind, before: Kind): number {
  if (kind === before) return INSIDE[kind]
  return kind === 'lower' && before === 'upper' ? 0.5 : FIRST[kind]
}

const FIRST = { lower: 0.7, upper: 1, digit: 1, space: 0.3, mark: 0.75, pair: HEAVIEST, other: 1.15 } as const
const INSIDE = { ...FIRST, lower: 0.18, upper: 0.5, space: 0.15 } as const
