import { availableParallelism } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { createSlots } from '../../slots.ts'
import { startCompanion, type Companion } from '../shell.ts'
import { Answer, type Question } from './questions.ts'

/** Longest time for one question, in milliseconds. */
const TIMEOUT_MS = 10_000
/** How long a reader that nobody asks anything stays, in milliseconds. */
const IDLE_MS = 10_000

const slots = createSlots(Math.max(1, Math.min(4, availableParallelism())))
const idle: Resting[] = []

type Resting = { readonly reader: Companion; readonly leaves: NodeJS.Timeout }

/**
 * What is found in these files, file by file, as far as the reader came. It reads in a process of its own, because code
 * that is nested deeply enough ends the process that reads it; that process stays for the next question, since starting
 * it takes far longer than reading. One that ends or hangs over a question answers no other.
 */
export async function askCodeReader(question: Question, signal: AbortSignal): Promise<unknown[]> {
  if (question.files.length === 0) return []
  using _ = await slots.take(signal)
  const reader = wake() ?? startReader()
  const found: unknown[] = []
  const isThrough = await within(TIMEOUT_MS, signal, reader, () => ask(reader, question, found))
  if (isThrough) rest(reader)
  else await reader.kill()
  signal.throwIfAborted()
  return found
}

/** Does it come to the end of its files? */
async function ask(reader: Companion, question: Question, found: unknown[]): Promise<boolean> {
  reader.say(JSON.stringify(question))
  for (;;) {
    const line = await reader.hear()
    if (line === null) return false
    const answer = Answer.parse(JSON.parse(line))
    if ('done' in answer) return true
    found.push(answer.found)
  }
}

/** A reader that takes too long, or whose answer nobody waits for any more, is ended. */
async function within<Value>(
  ms: number,
  signal: AbortSignal,
  reader: Companion,
  act: () => Promise<Value>,
): Promise<Value> {
  const end = (): void => void reader.kill()
  const timer = setTimeout(end, ms)
  signal.addEventListener('abort', end)
  try {
    return await act()
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

function startReader(): Companion {
  // published, both of us are JavaScript
  const program = join(import.meta.dirname, `read-code${extname(import.meta.filename)}`)
  return startCompanion([process.execPath, program], dirname(program))
}

function wake(): Companion | undefined {
  const resting = idle.pop()
  if (!resting) return undefined
  clearTimeout(resting.leaves)
  // somebody else may have ended it meanwhile
  if (!resting.reader.isRunning()) return wake()
  resting.reader.ref()
  return resting.reader
}

/** A reader at rest keeps nobody from ending: it is not waited for, and ends with us. */
function rest(reader: Companion): void {
  reader.unref()
  const resting: Resting = { reader, leaves: setTimeout(leave, IDLE_MS).unref() }
  idle.push(resting)

  function leave(): void {
    idle.splice(idle.indexOf(resting), 1)
    void reader.kill()
  }
}
