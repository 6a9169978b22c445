import { once } from 'node:events'
import type { Server } from 'node:http'
import { z } from 'zod'

// The other end of `process.ts`: what a process under measurement tells about itself.

const Question = z.object({ id: z.number(), name: z.string(), argument: z.string() })

/** Answers the parent's questions, those about the process itself included, until there is no parent. */
export function answerQuestions(
  answers: Record<string, (argument: string) => unknown> = {},
  putAway: () => Promise<void> = async () => {},
): void {
  const known: typeof answers = { ...OF_ANY_PROCESS, ...answers }
  process.on('message', (message) => {
    const { id, name, argument } = Question.parse(message)
    process.send!({ id, value: known[name]!(argument) })
  })
  process.once('disconnect', () => void putAway().finally(() => process.exit()))
}

/** Listens on a free port and tells the parent where. */
export async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  tellReady(`http://127.0.0.1:${address.port}`)
}

/** Tells the parent that this process can be measured, and where it listens. */
export const tellReady = (url: string): void => void process.send!({ ready: url })

const OF_ANY_PROCESS = {
  cpuMs: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  /** What is held when there is no garbage. What the system has given says nothing: it takes little of it back. */
  heldBytes: () => {
    globalThis.gc?.()
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  },
}
