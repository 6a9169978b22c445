import { z } from 'zod'
import { jsonOrNull } from '../../core/json.ts'
import type { Spent } from '../../core/tool-step/cost.ts'
import type { Heard } from '../../core/tool-step/read-sample.ts'
import { isEventStream } from '../pass-on.ts'
import { readChatChunk, type ChatChunk } from '../responses/chat-chunk.ts'
import { dataLines } from '../responses/data-lines.ts'
import { callNumbers } from '../responses/turn.ts'
import type { Relayed } from '../services.ts'

/** What one sample said, and what it took. */
export type Sample = { readonly heard: Heard; readonly thoughts: string; readonly spent: Spent }
/** A bit of it, as it comes. */
export type Bit = {
  readonly text: string
  readonly thought: string
  /** Of calls, so many characters. */
  readonly call: number
}

/** More is no answer but a loop. */
const LONGEST = 4_000_000
const MOST_CALLS = 64

type Call = { name: string; arguments: string }
type Hearing = {
  text: string
  thoughts: string
  calls: Call[]
  finishReason: string | null
  usage: ChatChunk['usage']
}

/** Reads a sample to its end. One that breaks off has no finish reason; only an abort throws. */
export async function* hear(answer: Relayed, signal: AbortSignal): AsyncGenerator<Bit, Sample, void> {
  const hearing: Hearing = { text: '', thoughts: '', calls: [], finishReason: null, usage: null }
  const numbered = callNumbers('')
  for await (const data of untilCut(linesOf(answer, signal), signal)) {
    const chunk = readChatChunk(data)
    if (chunk === null || chunk.error !== null || !take(hearing, chunk, numbered)) {
      return ended({ ...hearing, finishReason: null })
    }
    const call = chunk.calls.reduce((sum, { text }) => sum + text.length, 0)
    yield { text: chunk.text, thought: chunk.thought, call }
  }
  return ended(hearing)
}

/** A connection that is cut is the end of a sample, and of no more. */
async function* untilCut(
  lines: AsyncGenerator<string, void, void>,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  try {
    yield* lines
  } catch {
    signal.throwIfAborted()
  }
}

/** False where it is nothing that can be gone on with. */
function take(hearing: Hearing, chunk: ChatChunk, numbered: ReturnType<typeof callNumbers>): boolean {
  hearing.text += chunk.text
  hearing.thoughts += chunk.thought
  for (const delta of chunk.calls) {
    const bit = numbered(delta)
    if (bit === null) return false
    const call = (hearing.calls[bit.call] ??= { name: bit.name, arguments: '' })
    call.arguments += bit.text
  }
  hearing.finishReason = chunk.finishReason ?? hearing.finishReason
  hearing.usage = chunk.usage ?? hearing.usage
  return hearing.calls.length <= MOST_CALLS && saidBy(hearing) + hearing.thoughts.length < LONGEST
}

const saidBy = ({ text, calls }: Hearing): number =>
  calls.reduce((sum, call) => sum + call.arguments.length, text.length)

function ended(hearing: Hearing): Sample {
  const { text, thoughts, calls, finishReason, usage } = hearing
  const thought = thoughts.length
  const counted =
    typeof usage?.prompt_tokens === 'number' && typeof usage.completion_tokens === 'number'
      ? {
          prompt: usage.prompt_tokens,
          cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
          completion: usage.completion_tokens,
          reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
        }
      : null
  return {
    heard: { text, calls, finishReason },
    thoughts,
    spent: { counted, said: saidBy(hearing), thought },
  }
}

/** Some servers do not stream where there are tools; their one object is read as one chunk. */
async function* linesOf(
  { contentType, body }: Relayed,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  if (isEventStream(contentType)) yield* dataLines(body, signal)
  else yield asChunk(await wholeOf(body))
}

async function wholeOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  // leaving the loop closes the upstream
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length > LONGEST) break
  }
  return text
}

const Whole = z.looseObject({
  choices: z
    .array(z.looseObject({ message: z.looseObject({ tool_calls: z.array(z.looseObject({})).nullish() }) }))
    .min(1),
})

function asChunk(text: string): string {
  const read = Whole.safeParse(jsonOrNull(text))
  if (!read.success) return text
  const [choice] = read.data.choices
  const calls = choice?.message.tool_calls?.map((call, index) => ({ index, ...call }))
  return JSON.stringify({
    ...read.data,
    choices: [{ ...choice, delta: { ...choice?.message, tool_calls: calls } }],
  })
}
