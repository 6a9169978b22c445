/** Voters who guess, and voters who are worth asking: what the test tells apart. */
const GUESSING = 0.5
const WORTH_ASKING = 0.65
/** How often either error may happen. */
const ERROR = 0.05

const PER_RIGHT = Math.log(WORTH_ASKING / GUESSING)
const PER_WRONG = Math.log((1 - WORTH_ASKING) / (1 - GUESSING))
const BOUND = Math.log((1 - ERROR) / ERROR)

/**
 * Wald's sequential probability ratio test: asks no further as soon as so many right answers among so many would
 * hardly come from guessing, or hardly from a voter worth asking.
 */
export function sequentialTest(right: number, asked: number): 'admitted' | 'rejected' | 'more' {
  const evidence = right * PER_RIGHT + (asked - right) * PER_WRONG
  if (evidence >= BOUND) return 'admitted'
  return evidence <= -BOUND ? 'rejected' : 'more'
}
