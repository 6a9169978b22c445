/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The k-th smallest, from 1. */
export const smallest = (values: readonly number[], k: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(k, values.length) - 1] ?? Number.NaN
