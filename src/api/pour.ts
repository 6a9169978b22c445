import type { Writable } from 'node:stream'
import { BEATS, type Pulse } from './pulse.ts'
import type { Source } from './services.ts'
import type { Valve } from './valve.ts'

/**
 * Pours an answer into its client's connection, each piece when it comes, and no faster than the client takes it. Who
 * leaves first lets the other go. Tells whether something has gone on already.
 */
export function pour(source: Source, client: Writable, valve: Valve, pulse: Pulse | null = null): boolean {
  let silentBeats = 0
  let isOpen = true
  let hasBegun = false
  const leavePulse = pulse?.listen(() => {
    silentBeats += 1
    // a client that does not read what it has needs no more
    if (silentBeats < BEATS || client.writableNeedDrain || client.destroyed) return
    const sign = valve.sign()
    if (sign === null) return
    silentBeats = 0
    client.write(sign)
  })
  const goOn = (bytes: Uint8Array): void => {
    hasBegun = true
    client.write(bytes)
  }
  const resume = (): void => source.resume()

  const leave = (): void => {
    end(false)
    source.destroy()
  }

  client.on('drain', resume)
  if (client.destroyed) leave()
  else client.once('close', leave)
  source.flow({
    take(chunk) {
      if (!isOpen || client.destroyed) return
      silentBeats = 0
      valve.take(chunk, goOn)
      if (client.writableNeedDrain) source.pause()
      if (valve.isShut()) leave()
    },
    // a cut connection is an answer without an end, which the valve tells
    end,
  })
  return hasBegun

  function end(isWhole: boolean): void {
    if (!isOpen) return
    isOpen = false
    leavePulse?.()
    client.off('drain', resume)
    if (client.destroyed) return
    const last = valve.last(isWhole)
    if (last === null) client.destroy()
    else client.end(last)
  }
}
