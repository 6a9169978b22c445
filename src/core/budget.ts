import type { Budget } from './task.ts'

/** The smaller of two limits each: what a request may spend within what the server allows. */
export const within = (asked: Budget, allowed: Budget): Budget => ({
  tokens: least(asked.tokens, allowed.tokens),
  seconds: least(asked.seconds, allowed.seconds),
  attempts: least(asked.attempts, allowed.attempts),
})

const least = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)
