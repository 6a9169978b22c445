import { shuffle, type Random } from '../random.ts'

/**
 * One token each in the common vocabularies. Without A and I: both are words an answer may begin with, and of a reply
 * only the first token is read.
 */
const LETTERS: readonly string[] = Array.from('BCDEFGHJKLMNOPQRSTUVWXYZ')

/** One ballot as it is shown: which option stands at each place, and under which letter. */
export type Paper = { readonly order: readonly number[]; readonly letters: readonly string[] }

/** Different letters for so many places. Judges favour letters as well as places, so neither tells of the other. */
export const drawLetters = (count: number, random: Random): string[] =>
  shuffle(LETTERS, random).slice(0, count)

/**
 * Reads a voter's reply strictly: one listed letter and nothing else ("K", "K.", "K)"). "Candidate B" names an option
 * but is no vote: the C in it was once counted as one. Returns the place on the ballot, from 0.
 */
export function readLetter(reply: string, letters: readonly string[]): number | null {
  const letter = /^\s*([A-Z])\s*[.):]?\s*$/.exec(reply)?.[1]
  const position = letter === undefined ? -1 : letters.indexOf(letter)
  return position === -1 ? null : position
}

/** The two papers of a pair: both orders under the same letters, so that the favours of place and letter cancel. */
export function pairOfPapers(random: Random): readonly [Paper, Paper] {
  const letters = drawLetters(2, random)
  const order = shuffle([0, 1], random)
  return [
    { order, letters },
    { order: order.toReversed(), letters },
  ]
}
