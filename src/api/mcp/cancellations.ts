/** A request of a client: the session it was given, and its own number for it. */
export type Asked = { readonly session: string; readonly id: string | number }

/**
 * Older clients over HTTP keep the connection of what they cancel and say so in a request of its own, which finds here what
 * it is to stop. A session is nothing but a name that nobody else can guess.
 */
export type Cancellations = {
  open(asked: Asked): Disposable & { readonly signal: AbortSignal }
  cancel(asked: Asked): void
}

/** Nothing is kept longer than its request. */
export function createCancellations(): Cancellations {
  const open = new Map<string, AbortController>()
  return {
    open(asked) {
      const key = keyOf(asked)
      const controller = new AbortController()
      open.set(key, controller)
      return {
        signal: controller.signal,
        [Symbol.dispose]() {
          if (open.get(key) === controller) open.delete(key)
        },
      }
    },
    cancel: (asked) => open.get(keyOf(asked))?.abort(),
  }
}

const keyOf = ({ session, id }: Asked): string => JSON.stringify([session, id])
