import { estimateTokens } from './tokens.ts'

/** A prompt by our own bound and by its server's count. */
export type TokenCount = { readonly bound: number; readonly characters: number; readonly counted: number }

/** Counts kept for each model: its latest. */
const KEPT = 8
/** Fewer say little. */
const FEWEST = 3
/** A short prompt is mostly the template's own tokens. */
const SHORT = 256
/** The next prompt is another text than those that were counted. */
const SLACK = 1.1
/** However few tokens its prompts took, the next may be of another kind. */
const LEAST_SCALE = 0.6

/** Another count learnt; prompts that were cut, or are too short to tell, teach nothing. */
export function learnCount(counts: readonly TokenCount[], count: TokenCount): readonly TokenCount[] {
  return count.counted < SHORT || isCut(count, counts) ? counts : [...counts, count].slice(-KEPT)
}

/** A model's own tokens for each of our bound's: at first as many. One that takes more than we thought is believed at once. */
export function scaleFrom(counts: readonly TokenCount[]): number {
  const most = Math.max(0, ...counts.map(ratioOf)) * SLACK
  return counts.length < FEWEST ? Math.max(1, most) : Math.max(LEAST_SCALE, most)
}

/** Tokens that were sent, at least about; less than most texts come to, because nobody shall be suspected wrongly. */
export function leastSent({ bound, characters }: TokenCount, counts: readonly TokenCount[]): number {
  const ratio = counts.length < FEWEST ? LEAST_SCALE : Math.min(...counts.map(ratioOf))
  return Math.min(estimateTokens(characters), Math.floor(bound * ratio))
}

/** Did the server read much less than it was sent? A count of next to nothing is one of what was not cached. */
export const isCut = (count: TokenCount, counts: readonly TokenCount[]): boolean =>
  count.counted >= LEAST_WINDOW && count.counted < leastSent(count, counts) * SUSPICIOUS

/** No server in use has a smaller one. */
const LEAST_WINDOW = 512
const SUSPICIOUS = 0.8

const ratioOf = ({ bound, counted }: TokenCount): number => counted / bound
