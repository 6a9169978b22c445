import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { changeAnswer } from './changed-answer.ts'
import { readChatChunk, type ChatChunk } from './responses/chat-chunk.ts'
import type { Relayed } from './services.ts'
import { data, pieces } from './sse.ts'

/** The next words of an answer as they are to be shown. They never end within a word, unless it is a very long one. */
export type Mark = (words: string) => Promise<string>

/** A line of a stream that waits, and the words in it. */
type Held = { readonly line: string; readonly words: string }

/** So many characters wait for the end of a word, and so many lines. */
const MOST_WORDS = 300
const MOST_LINES = 100

/**
 * A model's answer in which words are marked before anybody sees them. A word waits until the next begins, which is no
 * longer than the model itself takes; where nothing is marked, every byte stays as it came.
 */
export function withMarks(answer: Relayed, mark: Mark): Relayed {
  let held: Held[] = []
  return changeAnswer(answer, { line: take, end: release, content: mark })

  async function take(line: string): Promise<string> {
    const chunk = line.startsWith('data:') ? readChatChunk(line.slice('data:'.length)) : null
    const words = chunk?.text ?? ''
    if (held.length === 0 && words === '') return `${line}\n`
    const before = /^\s/.test(words) ? await release() : ''
    held.push({ line, words })
    if (/\s$/.test(words) || isOver(line, chunk) || held.length > MOST_LINES)
      return before + (await release())
    return wordsOf(held).length > MOST_WORDS ? before + (await releaseSome()) : before
  }

  async function release(): Promise<string> {
    const words = wordsOf(held)
    const marked = words === '' ? '' : await mark(words)
    const told = marked === words ? asTheyCame(held) : spoken(held, marked)
    held = []
    return told
  }

  /** All but the word that has no end yet, which then begins what waits. */
  async function releaseSome(): Promise<string> {
    const words = wordsOf(held)
    const cut = endOfWords(words)
    const last = held.at(-1)
    const rest = last && speak(last.line, words.slice(cut))
    if (cut === 0 || !last || rest === null || rest === undefined) return release()
    const told = spoken(held.slice(0, -1), await mark(words.slice(0, cut)), last.line)
    held = [{ line: rest.trimEnd(), words: words.slice(cut) }]
    return told
  }
}

/** Where the last word begins that has no end yet. */
function endOfWords(words: string): number {
  let end = words.length
  while (end > 0 && !/\s/.test(words[end - 1]!)) end -= 1
  return end
}

/** Nothing more is said of the word that waits. */
const isOver = (line: string, chunk: ChatChunk | null): boolean =>
  line.startsWith('data:') &&
  (chunk === null ||
    chunk.finishReason !== null ||
    chunk.error !== null ||
    (chunk.text === '' && (chunk.thought !== '' || chunk.calls.length > 0)))

const wordsOf = (held: readonly Held[]): string => held.map(({ words }) => words).join('')

const asTheyCame = (held: readonly Held[]): string => held.map(({ line }) => `${line}\n`).join('')

/** Other words in place of those that waited, in chunks like theirs; what else stood in their chunks stays. */
function spoken(
  held: readonly Held[],
  words: string,
  like = held.find(({ words }) => words !== '')?.line,
): string {
  const said = [...pieces(words)].map((piece) => (like === undefined ? null : speak(like, piece)))
  if (said.includes(null)) return asTheyCame(held)
  return said.join('') + held.map(({ line, words }) => (words === '' ? `${line}\n` : silent(line))).join('')
}

const Spoken = z.looseObject({ choices: z.tuple([z.looseObject({ delta: z.looseObject({}) })]) })

const readSpoken = (line: string) => Spoken.safeParse(jsonOrNull(line.slice('data:'.length))).data ?? null

/** Words in a chunk like this one, as an event; null where it cannot be read. */
function speak(line: string, content: string): string | null {
  const chunk = readSpoken(line)
  if (chunk === null) return null
  const { usage: _, ...like } = chunk
  const [{ logprobs: __, ...choice }] = chunk.choices
  return data({ ...like, choices: [{ ...choice, delta: { content }, finish_reason: null }] })
}

/** The chunk without its words. */
function silent(line: string): string {
  const chunk = readSpoken(line)
  if (chunk === null) return `${line}\n`
  const [choice] = chunk.choices
  const quiet = { ...chunk, choices: [{ ...choice, delta: { ...choice.delta, content: '' } }] }
  return `data: ${JSON.stringify(quiet)}\n`
}
