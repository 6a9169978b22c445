import { createHash } from 'node:crypto'
import type { Prompt, Worded } from '../../cascade/ports.ts'
import type { Media } from '../../core/media.ts'

/** What was made of a picture or a recording by whom, asked how; a recording is asked nothing. */
export type WordsMemory = {
  find(by: Speaker, media: Media, prompt: Prompt | null): Worded | null
  /** Hands back what it is given. */
  keep(by: Speaker, media: Media, prompt: Prompt | null, words: Worded): Worded
}

type Speaker = { readonly url: string; readonly model: string }

const MOST = 200

/** A conversation sends its pictures again with every turn: who has looked at one need not look again. */
export function rememberWords(): WordsMemory {
  const known = new Map<string, Worded>()
  return {
    find(by, media, prompt) {
      const words = known.get(keyOf(by, media, prompt))
      return words ? { ...words, usage: NOTHING_SPENT } : null
    },
    keep(by, media, prompt, words) {
      known.set(keyOf(by, media, prompt), words)
      const [oldest] = known.keys()
      if (known.size > MOST && oldest !== undefined) known.delete(oldest)
      return words
    },
  }
}

const NOTHING_SPENT: Worded['usage'] = {
  promptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  estimated: false,
}

function keyOf({ url, model }: Speaker, { sha256 }: Media, prompt: Prompt | null): string {
  const asked = JSON.stringify(prompt?.messages ?? [])
  return createHash('sha256').update(`${url} ${model} ${sha256} ${asked}`).digest('hex')
}
