import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { SwarmError } from '../core/errors.ts'
import { createSlots } from '../slots.ts'
import { ANSWERS, Said, type Answers, type Question } from './map-questions.ts'

/** The thread that reads code bases. It is started by the first question, and keeps nobody from ending. */
export type MapReader = {
  /**
   * One question at a time: one that is given up before its turn is never asked, one whose turn has come is read to its
   * end for whoever asks next. Throws SwarmError 'internal' with the reason when there can be no answer.
   */
  ask<About extends Question['about']>(
    about: About,
    question: Omit<Extract<Question, { about: About }>, 'about'>,
    signal: AbortSignal,
  ): Promise<Answers[About]>
  close(): Promise<void>
}

/** Of one thread, in megabytes: a code base that needs more ends the thread, and not the server. */
const MOST_MEMORY_MB = 1_024

/** `onTrouble` is told what goes wrong beside the answers. */
export function createMapReader(onTrouble: (error: unknown) => void): MapReader {
  let worker: Worker | null = null
  let questions = 0
  let isClosed = false
  const turn = createSlots(1)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()

  return {
    async ask(about, question, signal) {
      return ANSWERS[about].parse(await answerTo({ ...question, about }, signal))
    },
    async close() {
      isClosed = true
      await worker?.terminate()
    },
  }

  async function answerTo(question: object, signal: AbortSignal): Promise<unknown> {
    using _ = await turn.take(signal)
    if (isClosed) throw failed('it was ended')
    questions += 1
    const answer = Promise.withResolvers<unknown>()
    waiting.set(questions, answer)
    worker ??= start()
    worker.postMessage({ ...question, id: questions }, [])
    return await answer.promise
  }

  function start(): Worker {
    // published, both of us are JavaScript
    const program = new URL(`map-worker${extname(import.meta.filename)}`, import.meta.url)
    const started = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB } })
    started.on('message', (said: unknown) => hear(Said.parse(said)))
    started.on('error', (error) => end(`it broke: ${String(error)}`))
    started.on('exit', () => end('it was ended'))
    started.unref()
    return started
  }

  function hear(said: Said): void {
    if ('answer' in said) return settle(said.id)?.resolve(said.answer)
    if (said.id === null) return onTrouble(failed(said.trouble))
    settle(said.id)?.reject(failed(said.trouble))
  }

  function settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = waiting.get(id)
    waiting.delete(id)
    return answer
  }

  /** Whoever waits is told; the next question starts another. */
  function end(why: string): void {
    worker = null
    for (const id of waiting.keys()) settle(id)?.reject(failed(why))
  }
}

const failed = (why: string): SwarmError =>
  new SwarmError('internal', `the reader of code bases has no map: ${why}`)
