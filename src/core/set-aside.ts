/** How a server has done of late. */
export type Health = {
  /** Failures since it last answered. */
  readonly failures: number
  /** How many of them, in a row and the last included, were silence: those cost the most time. */
  readonly silences: number
  /** Until when others are asked first; on the clock's milliseconds. */
  readonly asideUntil: number
}

export const HEALTHY: Health = { failures: 0, silences: 0, asideUntil: 0 }

const FIRST_MS = 1_000
const LONGEST_MS = 60_000
/** One silent call may be a bad prompt; so many in a row are a dead server. */
const SILENCES = 3

/** After another failure: twice as long aside as before, up to a minute. */
export function afterFailure(health: Health, wasSilent: boolean, now: number): Health {
  const failures = health.failures + 1
  const aside = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10))
  return { failures, silences: wasSilent ? health.silences + 1 : 0, asideUntil: now + aside }
}

/**
 * In which order to ask the servers of one role: the first that is not set aside, as they were named; then those that
 * are, whose time is up first. One that only keeps silent is not waited for again before its time is up.
 */
export function orderToAsk(healths: readonly Health[], now: number): number[] {
  const all = healths.map((health, index) => ({ health, index }))
  const well = all.filter(({ health }) => health.asideUntil <= now)
  const aside = all
    .filter(({ health }) => health.asideUntil > now && health.silences < SILENCES)
    .sort((one, other) => one.health.asideUntil - other.health.asideUntil)
  return [...well, ...aside].map(({ index }) => index)
}
