import type { Clock, Codebase, MappedCode } from '../cascade/ports.ts'
import { bestInTime } from './best-in-time.ts'
import { createMapReader } from './map-reader.ts'
import { searchMap } from './search-map.ts'
import type { PlacedLook } from '../workspace/look.ts'

export type CodebaseOptions = {
  /** The files of a workspace as they are now. */
  readonly look: (workspace: string, signal: AbortSignal) => Promise<PlacedLook>
  /** Where what was read is kept for the next process; null for nowhere. */
  readonly cacheFolder: string | null
  /** How long a map is waited for, in milliseconds. */
  readonly waitMs: number
  readonly clock: Clock
  /** Is told what goes wrong: nobody has to do without an answer for want of a map. */
  readonly onTrouble: (error: unknown) => void
}

type Wish = Parameters<Codebase['map']>[1]
type Found = Promise<MappedCode | null>

/** What is known of the code of workspaces. A map that is not ready in time is made ready for the next who asks. */
export function createCodebase(options: CodebaseOptions): Codebase & { close(): Promise<void> } {
  const { cacheFolder, waitMs, clock } = options
  let isClosed = false
  const reader = createMapReader(tell)

  return {
    async map(workspace, wish, signal) {
      using over = endingWith(signal)
      const late = clock.sleep(waitMs, over.signal).then(
        () => null,
        () => null,
      )
      const look = await Promise.race([
        unlessTrouble(options.look(workspace, over.signal), over.signal),
        late,
      ])
      signal.throwIfAborted()
      if (!look) return null
      const found = await bestInTime(
        unlessTrouble(readAll(look, wish, over.signal), over.signal),
        unlessTrouble(search(look, wish, over.signal), over.signal),
        late,
      )
      signal.throwIfAborted()
      return found
    },
    symbols: (files, signal) =>
      inTime(async (until) => [...(await reader.ask('texts', { files }, until))], signal),
    find: (workspace, names, signal) =>
      inTime(async (until) => {
        const { root, paths } = await options.look(workspace, until)
        return [...(await reader.ask('names', { root, paths, cacheFolder, names }, until))]
      }, signal),
    async close() {
      isClosed = true
      await reader.close()
    },
  }

  /** null where it takes too long, or cannot be had. */
  async function inTime<Value>(
    work: (until: AbortSignal) => Promise<Value>,
    signal: AbortSignal,
  ): Promise<Value | null> {
    using over = endingWith(signal)
    const late = clock.sleep(waitMs, over.signal).then(
      () => null,
      () => null,
    )
    const found = await Promise.race([unlessTrouble(work(over.signal), over.signal), late])
    signal.throwIfAborted()
    return found
  }

  async function readAll(
    { root, paths }: PlacedLook,
    { request, open, tokens }: Wish,
    until: AbortSignal,
  ): Found {
    const map = await reader.ask('map', { root, paths, cacheFolder, request, open, tokens }, until)
    return { ...map, by: 'symbols' }
  }

  function unlessTrouble<Value>(work: Promise<Value>, until: AbortSignal): Promise<Value | null> {
    return work.catch((error: unknown) => {
      // that nobody waits any more is no trouble
      if (error !== until.reason) tell(error)
      return null
    })
  }

  function tell(error: unknown): void {
    if (!isClosed) options.onTrouble(error)
  }
}

/** Aborts with the signal, and when it is disposed. */
function endingWith(signal: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const over = new AbortController()
  return { signal: AbortSignal.any([signal, over.signal]), [Symbol.dispose]: () => over.abort() }
}

async function search({ root, paths }: PlacedLook, { request, tokens }: Wish, until: AbortSignal): Found {
  const found = await searchMap({ root, paths, request, tokens }, until)
  return found && { ...found, by: 'search' }
}
