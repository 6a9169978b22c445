import { setTimeout as sleep } from 'node:timers/promises'
import { makeRepository } from '../../test/support/repository.ts'
import { createCaller, type Caller } from './caller.ts'
import { startProcess, type Measured } from './process.ts'

/** Who is asked: the upstream itself, the least a proxy can be, and Quorum; each in a process of its own. */
export type Target = Caller & { readonly process: Measured }
export type Name = 'direct' | 'relay' | 'quorum'
export const NAMES = ['direct', 'relay', 'quorum'] as const

export type Targets = Record<Name, Target> & AsyncDisposable & { readonly upstream: Measured }

/** Starts them all. */
export async function startTargets(): Promise<Targets> {
  await using opened = new AsyncDisposableStack()
  const repository = opened.use(await makeRepository({ 'readme.md': 'x\n' }))
  const upstream = opened.use(await startProcess('upstream.ts'))
  const relay = opened.use(await startProcess('bare-relay.ts', upstream.url))
  const quorum = opened.use(await startProcess('quorum-server.ts', upstream.url, repository.path))
  const target = (name: Name, process: Measured, model: string): Target => {
    const caller = opened.use(createCaller(name, process.url, model))
    return { ...caller, process }
  }
  const targets = {
    upstream,
    direct: target('direct', upstream, 'fast-coder'),
    relay: target('relay', relay, 'fast-coder'),
    // one of our own names: read, decided about, and sent on with another model
    quorum: target('quorum', quorum, 'quorum-chat'),
  }
  const everything = opened.move()
  return { ...targets, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}

/** Runs every kind of request often enough for the compiler to have seen it. */
export async function warmUp(targets: Targets): Promise<void> {
  for (const name of NAMES) {
    const call: Target['call'] = (...wish) => targets[name].call(...wish)
    await concurrently(16, 250, () => call({ kind: 'whole' }))
    await concurrently(16, 60, () => call({ kind: 'stream', chunks: 50 }))
    await concurrently(2, 10, () => call({ kind: 'whole' }, { promptLength: 400_000 }))
    await concurrently(8, 1, () => call({ kind: 'stream', chunks: 100, everyMs: 2 }))
  }
}

/** So many callers, each of whom asks so many times. */
export async function concurrently(
  callers: number,
  times: number,
  act: () => Promise<unknown>,
): Promise<void> {
  const caller = async (): Promise<void> => {
    for (let time = 0; time < times; time += 1) await act()
  }
  await Promise.all(Array.from({ length: callers }, caller))
}

/** Waits until a number has stopped changing. */
export async function settled(read: () => Promise<number>): Promise<number> {
  let before = -1
  let now = await read()
  while (now !== before) {
    await sleep(400)
    before = now
    now = await read()
  }
  return now
}
