/** A bit of a call, as far as it says to which call it belongs. */
type Bit = { readonly index: number; readonly id: string; readonly name: string }

/**
 * Tells to which call of a reply a bit belongs, counted from 0; null for one without a beginning. Some upstreams give all
 * calls the same index, and another id; some a new id to every bit.
 */
export function numberCalls(): (bit: Bit) => number | null {
  const known: { index: number; given: string }[] = []
  return ({ index, id, name }) => {
    const call = known.findLastIndex(
      (one) => one.index === index && (id === '' || name === '' || one.given === id),
    )
    if (call >= 0) return call
    return name === '' ? null : known.push({ index, given: id }) - 1
  }
}
