/** Somebody who needs room: how much, and how much more than others he counts. */
export type Claim = { readonly need: number; readonly weight: number }

/**
 * Shares out a room: who needs less than his part gets all he needs, and what he leaves goes to the others by their weight.
 * Never more than the room, and nobody more than he needs.
 */
export function shareRoom(claims: readonly Claim[], room: number): number[] {
  const given = claims.map(() => 0)
  // whoever is content with the least, for his weight, is served first; the rest can then only get more
  const order = [...claims.keys()].sort((one, other) => perWeight(claims[one]!) - perWeight(claims[other]!))
  let left = Math.max(0, room)
  let weights = claims.reduce((sum, { weight }) => sum + weight, 0)
  for (const index of order) {
    const { need, weight } = claims[index]!
    const part = weights > 0 ? Math.floor(left * Math.min(1, weight / weights)) : 0
    given[index] = Math.min(need, part)
    left -= given[index]
    weights -= weight
  }
  return given
}

const perWeight = ({ need, weight }: Claim): number => (weight > 0 ? need / weight : Number.POSITIVE_INFINITY)
