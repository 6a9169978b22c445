import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { SwarmError } from '../core/errors.ts'

/** What a thread says: the answer to a question, or why there is none; and what went wrong beside, which is nobody's answer. */
export const Said = z.union([
  z.object({ id: z.int(), answer: z.unknown() }),
  z.object({ id: z.int().nullable(), trouble: z.string() }),
])
export type Said = z.infer<typeof Said>

/** A program of ours on a thread of its own. It is started by the first question, and keeps nobody alive who does not wait for it. */
export type Thread = {
  /**
   * Rejects at once when the signal aborts, which the program is told as `{ leave: id }`. Throws SwarmError 'internal' with
   * the reason when there can be no answer.
   */
  ask(question: object, signal: AbortSignal): Promise<unknown>
  /** Tells it what it need not answer, such as what it is about to be asked. */
  tell(message: object): void
  close(): Promise<void>
}

export type ThreadOptions = {
  /** Address of the program's source, whatever language it is in when it is published. */
  readonly program: URL
  /** Who it is in a sentence about what went wrong. */
  readonly name: string
  /** When nobody has asked for so long, in milliseconds, it ends and its memory is free; absent: it stays. */
  readonly idleMs?: number
  /** Is told what goes wrong beside the answers. */
  readonly onTrouble?: (error: unknown) => void
}

/** Of one thread, in megabytes: what needs more ends the thread, and not the server. */
const MOST_MEMORY_MB = 1_024

/** Runs a program on a thread when it is asked for the first time, and again when it has ended. */
export function createThread({ program, name, idleMs, onTrouble }: ThreadOptions): Thread {
  let worker: Worker | null = null
  let questions = 0
  let isClosed = false
  let idle: NodeJS.Timeout | undefined
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()

  return {
    async ask(question, signal) {
      signal.throwIfAborted()
      if (isClosed) throw failed('it was ended')
      questions += 1
      const id = questions
      const answer = Promise.withResolvers<unknown>()
      const leave = (): void => {
        worker?.postMessage({ leave: id }, [])
        settle(id)?.reject(signal.reason)
      }
      clearTimeout(idle)
      waiting.set(id, answer)
      signal.addEventListener('abort', leave, { once: true })
      try {
        worker ??= start()
        worker.ref()
        worker.postMessage({ ...question, id }, [])
        return await answer.promise
      } finally {
        signal.removeEventListener('abort', leave)
        if (waiting.size === 0) restSoon()
      }
    },
    tell(message) {
      if (isClosed) return
      clearTimeout(idle)
      worker ??= start()
      worker.postMessage(message, [])
      if (waiting.size === 0) restSoon()
    },
    async close() {
      isClosed = true
      clearTimeout(idle)
      await worker?.terminate()
    },
  }

  function start(): Worker {
    const started = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB } })
    const isMine = (): boolean => worker === started
    started.on('message', (said: unknown) => hear(Said.parse(said)))
    started.on('error', (error) => isMine() && end(`it broke: ${String(error)}`))
    started.on('exit', () => isMine() && end('it was ended'))
    return started
  }

  function hear(said: Said): void {
    if ('answer' in said) return settle(said.id)?.resolve(said.answer)
    if (said.id === null) return onTrouble?.(failed(said.trouble))
    settle(said.id)?.reject(failed(said.trouble))
  }

  function settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = waiting.get(id)
    waiting.delete(id)
    return answer
  }

  function restSoon(): void {
    worker?.unref()
    if (idleMs !== undefined && !isClosed) idle = setTimeout(rest, idleMs).unref()
  }

  function rest(): void {
    const resting = worker
    worker = null
    void resting?.terminate()
  }

  /** Whoever waits is told; the next question starts another. */
  function end(why: string): void {
    worker = null
    for (const id of waiting.keys()) settle(id)?.reject(failed(why))
  }

  function failed(why: string): SwarmError {
    return new SwarmError('internal', `${name}: ${why}`)
  }
}

/** The program beside a file of ours: published, both are JavaScript. */
export const programBeside = ({ url, filename }: ImportMeta, name: string): URL =>
  new URL(`${name}${extname(filename)}`, url)
