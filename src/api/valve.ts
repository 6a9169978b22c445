/** What stands between an answer and its client. */
export type Valve = {
  /** Takes what has come, and lets go on what may. */
  take(chunk: Uint8Array, goOn: (bytes: Uint8Array) => void): void
  /** Is enough said, whatever the source may still have? */
  isShut(): boolean
  /** What is still to be said when the source has ended, whole or not; null breaks off, so that nothing looks whole. */
  last(isWhole: boolean): string | null
  /** What may be said now, in a long silence; null when nothing may. */
  sign(): string | null
}

/** Byte for byte. Half an object of JSON does not look whole, so nobody has to look at it. */
export const asItIs: Valve = {
  take: (chunk, goOn) => goOn(chunk),
  isShut: () => false,
  last: (isWhole) => (isWhole ? '' : null),
  sign: () => null,
}

/** The same for JSON, before which there may be white space. */
export function afterSpace(): Valve {
  let begun = false
  return {
    ...asItIs,
    take(chunk, goOn) {
      begun = true
      goOn(chunk)
    },
    sign: () => (begun ? null : ' '),
  }
}
