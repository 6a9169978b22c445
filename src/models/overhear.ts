import { LOOKED_AT } from '../core/usage-at-end.ts'
import type { Source } from './dispatch.ts'

/** The same bytes in the same order; when the last has gone on, `whenOver` is given the end of what passed by. */
export function overhear(source: Source, whenOver: (end: () => string) => void): Source {
  let pieces: Uint8Array[] = []
  let bytes = 0
  let isOver = false
  const over = (): void => {
    if (isOver) return
    isOver = true
    whenOver(() => Buffer.concat(pieces).subarray(-LOOKED_AT).toString('utf8'))
  }
  return {
    flow(taker) {
      source.flow({
        take(piece) {
          taker.take(piece)
          // only kept, and never looked at while the answer passes
          pieces.push(piece)
          bytes += piece.length
          if (bytes > MOST_KEPT) forget()
        },
        end(isWhole) {
          taker.end(isWhole)
          over()
        },
      })
    },
    pause: () => source.pause(),
    resume: () => source.resume(),
    destroy() {
      source.destroy()
      over()
    },
  }

  function forget(): void {
    let from = pieces.length
    bytes = 0
    while (bytes < LOOKED_AT) bytes += pieces[--from]!.length
    pieces = pieces.slice(from)
  }
}

/** Twice what is looked at, so that not every piece has others forgotten; in bytes. */
const MOST_KEPT = 2 * LOOKED_AT
