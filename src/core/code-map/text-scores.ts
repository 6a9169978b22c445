import { keyOfWord, type TextWords } from './text-words.ts'

/** What the words of a text say of a request: of all of it, and of each of its definitions. */
export type TextScore = { readonly whole: number; readonly parts: Float64Array }

/** How soon saying a word again adds little, and how much a long text is held back (BM25: Robertson, Zaragoza 2009). */
const SATURATION = 1.2
const LENGTH = 0.5

/** Scores texts for these words; the fewer texts say a word, the more it tells. null: a text that nobody has read. */
export function scoreTexts(
  texts: readonly (TextWords | null)[],
  words: ReadonlySet<string>,
): (TextScore | null)[] {
  const wanted = new Map([...words].map((word, index) => [keyOfWord(word), index]))
  const hits = texts.map((text) => text && hitsIn(text, wanted))
  const bearing = new Float64Array(words.size)
  for (const hit of hits) for (const word of new Set(hit?.map((one) => one.word))) bearing[word]! += 1
  const rarity = bearing.map((count) => Math.log(1 + (texts.length - count + 0.5) / (count + 0.5)))
  const sizes = texts.map((text) => text?.counts.length ?? 0)
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length)
  return texts.map((text, index) => {
    const found = hits[index]
    if (!text || !found) return null
    const totals = new Map<number, number>()
    const parts = new Float64Array(text.ends.length)
    for (const { word, part, count } of found) {
      totals.set(word, (totals.get(word) ?? 0) + count)
      const size = text.ends[part]! - (text.ends[part - 1] ?? 0)
      parts[part]! += rarity[word]! * saturated(count, (size * PARTS) / mean)
    }
    let whole = 0
    for (const [word, count] of totals) whole += rarity[word]! * saturated(count, sizes[index]! / mean)
    return { whole, parts }
  })
}
/** A definition is so much shorter than a file, roughly. */
const PARTS = 5

const saturated = (count: number, size: number): number =>
  (count * (SATURATION + 1)) / (count + SATURATION * (1 - LENGTH + LENGTH * size))

type WordHit = { readonly word: number; readonly part: number; readonly count: number }

function hitsIn({ counts, ends }: TextWords, wanted: ReadonlyMap<number, number>): WordHit[] {
  const hits: WordHit[] = []
  let part = 0
  for (let at = 0; at < counts.length; at += 1) {
    const word = wanted.get(counts[at]! >>> 8)
    if (word === undefined) continue
    while (ends[part]! <= at) part += 1
    hits.push({ word, part, count: counts[at]! & 255 })
  }
  return hits
}
