import { ownersOf } from './extent.ts'
import { partsOf } from './request-words.ts'
import type { Definition } from './symbols.ts'

/**
 * The words of a file, comments and texts in it included: for each definition, and last for what lies in none, how often it
 * says which. One number for each: the word's key, and in the lowest byte its count.
 */
export type TextWords = {
  readonly counts: Uint32Array
  /** Where in `counts` the words of each definition end. */
  readonly ends: Uint32Array
}

/** Counts the words of a text whose definitions are known. */
export function wordsOfText(text: string, definitions: readonly Definition[]): TextWords {
  const lines = text.split('\n')
  const owners = ownersOf(definitions, lines)
  const rows = Array.from({ length: definitions.length + 1 }, (): Map<number, number> => new Map())
  for (const [at, line] of lines.entries()) {
    const owner = owners[at]!
    const row = rows[owner === -1 ? definitions.length : owner]!
    for (const word of line.slice(0, LONGEST_LINE).match(WORD) ?? [])
      for (const key of keysIn(word))
        if (row.size < MOST_WORDS || row.has(key)) row.set(key, (row.get(key) ?? 0) + 1)
  }
  return packed(rows)
}

const LONGEST_LINE = 500
/** Of one definition; what has more of them is a table. */
const MOST_WORDS = 2_000
const WORD = /[\p{L}_$][\p{L}\p{N}_$]{2,99}/gu

function packed(rows: readonly ReadonlyMap<number, number>[]): TextWords {
  const counts = new Uint32Array(rows.reduce((sum, { size }) => sum + size, 0))
  let at = 0
  const ends = Uint32Array.from(rows, (row) => {
    for (const [key, count] of row) {
      counts[at] = key * 256 + Math.min(count, 255)
      at += 1
    }
    return at
  })
  return { counts, ends }
}

/** The same words come again and again. */
const known = new Map<string, readonly number[]>()
const MOST_KNOWN = 50_000

function keysIn(word: string): readonly number[] {
  const keys = known.get(word)
  if (keys) return keys
  if (known.size >= MOST_KNOWN) known.clear()
  const read = partsOf(word).map(keyOfWord)
  known.set(word, read)
  return read
}

/** 24 bits of it; that two words share one happens once in thousands of requests, and shows a file too much (FNV-1a). */
export function keyOfWord(word: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
  return ((hash >>> 8) ^ hash) & 0xffffff
}
