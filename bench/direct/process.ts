import { fork } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'

/** A process that is measured: an upstream, a relay, a Quorum. */
export type Measured = AsyncDisposable & {
  readonly url: string
  /** Processor time it has used so far. */
  cpuMs(): Promise<number>
  /** Memory it holds after a collection of garbage. */
  heldBytes(): Promise<number>
  ask(name: string, argument?: string): Promise<unknown>
}

const Ready = z.object({ ready: z.string() })
const Answer = z.object({ id: z.number(), value: z.unknown() })

/** Starts a module of this folder as a process of its own. */
export async function startProcess(module: string, ...argumentsOfIt: string[]): Promise<Measured> {
  const child = fork(new URL(module, import.meta.url), argumentsOfIt, { execArgv: ['--expose-gc'] })
  const waiting = new Map<number, (value: unknown) => void>()
  let asked = 0
  const ready = Promise.withResolvers<string>()
  child.once('exit', (code) => ready.reject(new Error(`${module} ended with ${code}`)))
  child.on('message', (message) => {
    const begun = Ready.safeParse(message)
    if (begun.success) return ready.resolve(begun.data.ready)
    const { id, value } = Answer.parse(message)
    waiting.get(id)?.(value)
    waiting.delete(id)
  })
  const ask: Measured['ask'] = (name, argument = '') => {
    const id = (asked += 1)
    const answer = Promise.withResolvers<unknown>()
    waiting.set(id, answer.resolve)
    child.send({ id, name, argument })
    return answer.promise
  }
  const url = await ready.promise
  return {
    url,
    ask,
    cpuMs: async () => z.number().parse(await ask('cpuMs')),
    heldBytes: async () => z.number().parse(await ask('heldBytes')),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
