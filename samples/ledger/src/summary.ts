import type { Entry } from './parse.ts'

/** Cents per category, in the order in which the categories first appear. */
export function summarise(entries: readonly Entry[]): Map<string, number> {
  const totals = new Map<string, number>()
  for (const { category, cents } of entries) {
    totals.set(category, (totals.get(category) ?? 0) + cents)
  }
  return totals
}
