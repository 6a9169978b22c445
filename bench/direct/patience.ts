import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { settled, type Target, type Targets } from './targets.ts'
import type { Wish } from './upstream.ts'

// What a target holds and does while somebody waits, reads slowly or leaves.

const IDLE = 500

/** Bytes held for each of 500 streams that have begun and say nothing. */
export async function heldPerStream({ upstream }: Targets, target: Target): Promise<number> {
  // the first time fills what is kept for ever after
  await heldFor(target, 100)
  await settled(async () => z.number().parse(await upstream.ask('open')))
  return heldFor(target, IDLE)
}

async function heldFor(target: Target, streams: number): Promise<number> {
  const before = await target.process.heldBytes()
  const leaving = new AbortController()
  const begun: Promise<void>[] = []
  const ended = Array.from({ length: streams }, () => {
    const first = Promise.withResolvers<void>()
    begun.push(first.promise)
    return target
      .call(
        { kind: 'stream', chunks: 1, hangs: true },
        { signal: leaving.signal, onData: () => first.resolve() },
      )
      .catch(first.reject)
  })
  await Promise.all(begun)
  const held = (await target.process.heldBytes()) - before
  leaving.abort()
  await Promise.allSettled(ended)
  return held / streams
}

/** Bytes that an upstream gets rid of for a client that stops reading at once. */
export async function takenUnread({ upstream }: Targets, target: Target): Promise<number> {
  const id = randomUUID()
  const leaving = new AbortController()
  const call = target
    .call({ kind: 'flood', id }, { signal: leaving.signal, onData: () => false })
    .catch(() => null)
  await sleep(300)
  const taken = await settled(async () => z.number().parse(await upstream.ask('written', id)))
  leaving.abort()
  await call
  return taken
}

const PHASES: readonly Wish[] = [
  { kind: 'silent' },
  { kind: 'stream', chunks: 10_000, everyMs: 5 },
  { kind: 'whole', thinkMs: 60_000 },
]
const PER_PHASE = 10

/** Milliseconds from a client's leaving until the upstream sees it, in each phase of a request; Infinity for never. */
export async function abortMs(targets: Targets, target: Target): Promise<number[]> {
  const all: number[] = []
  for (let time = 0; time < PER_PHASE; time += 1) {
    for (const wish of PHASES) all.push(await abortOnce(targets, target, wish))
  }
  return all
}

async function abortOnce({ upstream }: Targets, target: Target, wish: Wish): Promise<number> {
  const id = randomUUID()
  const leaving = new AbortController()
  const call = target.call({ ...wish, id }, { signal: leaving.signal, onData: () => true }).catch(() => null)
  await sleep(40)
  const leftAt = performance.timeOrigin + performance.now()
  leaving.abort()
  await call
  for (let tries = 0; tries < 40; tries += 1) {
    const seenAt = z
      .number()
      .nullable()
      .parse(await upstream.ask('left', id))
    if (seenAt !== null) return seenAt - leftAt
    await sleep(25)
  }
  return Number.POSITIVE_INFINITY
}
