import { createSlots } from '../slots.ts'
import { ANSWERS, type Answers, type Question } from './map-questions.ts'
import { createThread, programBeside } from './thread.ts'

/** The thread that reads code bases. */
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

const NEVER = new AbortController().signal

/** `onTrouble` is told what goes wrong beside the answers. */
export function createMapReader(onTrouble: (error: unknown) => void): MapReader {
  const program = programBeside(import.meta, 'map-worker')
  const thread = createThread({ program, name: 'the reader of code bases has no map', onTrouble })
  const turn = createSlots(1)
  return {
    async ask(about, question, signal) {
      using _ = await turn.take(signal)
      return ANSWERS[about].parse(await thread.ask({ ...question, about }, NEVER))
    },
    close: () => thread.close(),
  }
}
