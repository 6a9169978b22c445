import { Readable } from 'node:stream'
import type { Relayed, Source } from './services.ts'

/** The bytes of an answer, to be taken as they come. */
export const sourceOf = (answer: Relayed): Source => answer.source ?? asSource(Readable.fromWeb(answer.body))

/** A stream's bytes in the same form. */
export const asSource = (stream: Readable): Source => ({
  flow(taker) {
    stream.on('data', (chunk: Uint8Array) => taker.take(chunk))
    stream.once('end', () => taker.end(true))
    stream.once('error', () => taker.end(false))
    stream.once('close', () => taker.end(false))
  },
  pause: () => void stream.pause(),
  resume: () => void stream.resume(),
  destroy: () => void stream.destroy(),
})
