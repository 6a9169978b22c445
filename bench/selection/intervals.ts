/** A figure and the half-width of its 95 % interval, or its two ends. */
export type Interval = { readonly value: number; readonly low: number; readonly high: number }

const Z = 1.96

/** Wilson's interval of a share: it stays within 0 and 1, and means something for 0 of n too. */
export function wilson(hits: number, of: number): Interval {
  if (of === 0) return { value: Number.NaN, low: 0, high: 1 }
  const share = hits / of
  const shrink = 1 + Z ** 2 / of
  const middle = (share + Z ** 2 / (2 * of)) / shrink
  const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2))
  return { value: share, low: middle - half, high: middle + half }
}

/** The mean of so many values, by the normal approximation. */
export function meanOf(values: readonly number[]): Interval {
  const value = values.reduce((sum, one) => sum + one, 0) / values.length
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / Math.max(1, values.length - 1)
  const half = Z * Math.sqrt(variance / values.length)
  return { value, low: value - half, high: value + half }
}
