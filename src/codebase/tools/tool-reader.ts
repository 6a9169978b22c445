import { createThread, programBeside } from '../thread.ts'
import { ANSWERS, type About, type Answers, type Questions } from './tool-questions.ts'

/** The thread that reads and searches files for the tools, so that nobody's stream waits for it. */
export type ToolReader = {
  /** Ends when the caller leaves. Throws SwarmError 'internal' with the reason when there can be no answer. */
  ask<Some extends About>(about: Some, question: Questions[Some], signal: AbortSignal): Promise<Answers[Some]>
  /** Makes ready for a question that is about to be asked. */
  expect(about: About): void
  close(): Promise<void>
}

/** An index of documentation is kept so long for the next who asks, in milliseconds; then its memory is of more use. */
const IDLE_MS = 15 * 60_000

/** `idleMs` is how long it stays when nobody asks. */
export function createToolReader(idleMs: number = IDLE_MS): ToolReader {
  const thread = createThread({
    program: programBeside(import.meta, 'tool-worker'),
    name: 'the reader of files for the tools gave no answer',
    idleMs,
  })
  return {
    async ask(about, question, signal) {
      return ANSWERS[about].parse(await thread.ask({ ...question, about }, signal))
    },
    expect: (about) => thread.tell({ soon: about }),
    close: () => thread.close(),
  }
}
