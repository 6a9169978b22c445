/**
 * The value below which a share of a Beta(a, b) distribution lies, by bisection of its distribution function. Beta is
 * the distribution of "how often is this coder right on this task" whose answers have a given correlation.
 */
export function betaQuantile(share: number, a: number, b: number): number {
  let low = 0
  let high = 1
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2
    if (betaShare(middle, a, b) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The regularised incomplete beta function: the share of Beta(a, b) below x. */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // the series converges quickly on the nearer side only
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  // I_x(a, b) = front / a · Σ (a + b)(a + b + 1)… / (a + 1)(a + 2)… · xⁿ  (DLMF 8.17.22, as a hypergeometric series)
  let term = 1
  let sum = 1
  for (let n = 0; n < 1_000 && term > sum * 1e-14; n += 1) {
    term *= ((a + b + n) / (a + 1 + n)) * x
    sum += term
  }
  return (front / a) * sum
}

/** ln Γ(x) for x > 0: Stirling's series, after x was lifted to where the series is good. */
function logGamma(x: number): number {
  let lifted = x
  let shift = 0
  for (; lifted < 10; lifted += 1) shift += Math.log(lifted)
  const inverse = 1 / lifted
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1_260
  return (lifted - 0.5) * Math.log(lifted) - lifted + 0.5 * Math.log(2 * Math.PI) + series - shift
}
