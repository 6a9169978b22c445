/** Memory of this machine in bytes; `free` is null where the system does not tell what could still be had. */
export type Machine = { readonly total: number; readonly free: number | null }

/** For weights and contexts together; the rest is for editors, builds and tests. */
export const SHARE_FOR_MODELS = 0.8

/** What models may take of it: what is free and what they hold already, but never all there is. */
export function roomIn({ total, free }: Machine, heldBytes: number): number {
  const most = total * SHARE_FOR_MODELS
  const now = free === null ? most : Math.min(most, free + heldBytes)
  // what is loaded has shown that it fits
  return Math.max(now, Math.min(heldBytes, total))
}
