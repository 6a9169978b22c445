/** A model as far as memory is concerned; null where nobody says. */
export type Sized = {
  /** Its server and name: roles with the same one share it. */
  readonly key: string
  readonly model: string
  /** Its weights. */
  readonly bytes: number | null
  /** What one token of one context takes. */
  readonly bytesPerToken: number | null
  readonly window: number | null
  /** Requests its server answers at once. */
  readonly slots: number | null
  /** All that it takes at this moment; null where it is not loaded. */
  readonly held: number | null
}

/**
 * What a task's files, the request and the reply need; a context is taken to be this large where none is told, and this
 * large is what we advise: each token more takes memory from the coders that work side by side.
 */
export const USUAL_WINDOW = 16_384

/** The smallest window to advise that holds so many tokens: the usual one, or that doubled as often as it takes. */
export const windowFor = (tokens: number): number =>
  USUAL_WINDOW * 2 ** Math.max(0, Math.ceil(Math.log2(tokens / USUAL_WINDOW)))

/** What one context takes. */
export function contextBytes(model: Omit<Sized, 'key' | 'model'>): number | null {
  const each = tokenBytes(model)
  return each === null ? null : each * (model.window ?? USUAL_WINDOW)
}

/**
 * What one token of it takes. The shape of a model says it only for the plainest of attentions: what is seen of a loaded
 * one counts where that is less.
 */
export function tokenBytes({
  bytes,
  bytesPerToken,
  window,
  slots,
  held,
}: Omit<Sized, 'key' | 'model'>): number | null {
  const isSeen = held !== null && bytes !== null && window !== null && held > bytes
  const seen = isSeen ? (held - bytes) / ((slots ?? 1) * window) : null
  return bytesPerToken === null || seen === null ? (bytesPerToken ?? seen) : Math.min(bytesPerToken, seen)
}
