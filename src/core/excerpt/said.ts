import { scoreTexts } from '../code-map/text-scores.ts'
import { wordsOfText } from '../code-map/text-words.ts'
import type { Definition } from '../code-map/symbols.ts'

/** What the text of each definition says of these words, comments in it and above it included: the rarer here, the more. */
export function saidIn(
  lines: readonly string[],
  definitions: readonly Definition[],
  words: ReadonlySet<string>,
): number[] {
  if (words.size === 0) return definitions.map(() => 0)
  const { counts, ends } = wordsOfText(lines.join('\n'), definitions)
  const texts = definitions.map((_, index) => {
    const own = counts.subarray(ends[index - 1] ?? 0, ends[index])
    return { counts: own, ends: Uint32Array.of(own.length) }
  })
  return scoreTexts(texts, words).map((score) => score?.whole ?? 0)
}
