import type { Model, Token } from './llama-package.ts'

/** Tokens as text; a character that comes in several of them is held back until it is whole. */
export type TokenText = { read(token: Token): string; rest(): string }

/** What stands where a character is not whole. */
const BROKEN = '\uFFFD'
/** The longest character of UTF-8, in bytes. */
const LONGEST = 4
/** Whether a token begins with a space depends on what stood before it. */
const REMEMBERED = 4

/** A reader of one answer's tokens. */
export function textOf(model: Model): TokenText {
  const before: Token[] = []
  let held: Token[] = []
  const take = (): string => {
    const text = model.detokenize(held, false, before)
    before.push(...held)
    before.splice(0, before.length - REMEMBERED)
    held = []
    return text
  }
  return {
    read(token) {
      held.push(token)
      const isBroken = model.detokenize(held, false, before).endsWith(BROKEN)
      return isBroken && held.length < LONGEST ? '' : take()
    },
    rest: () => (held.length === 0 ? '' : take()),
  }
}
