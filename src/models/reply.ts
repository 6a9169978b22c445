import type { ModelReply, ModelRequest } from '../cascade/ports.ts'
import { SwarmError } from '../core/errors.ts'
import { numberCalls } from '../core/tool-step/number-calls.ts'
import type { SpokenCall } from '../core/tool-step/spoken-calls.ts'
import { readChunk } from './chunk.ts'
import type { Chunk, RawUsage } from './chunk.ts'
import type { Endpoint, ModelOptions } from './client.ts'
import { isBeforeChoice, scoresOf, unquoted } from './dialect.ts'
import { listen } from './senses/listen.ts'
import { describeError } from './refusal.ts'
import type { Silence } from './silence.ts'
import { countUsage } from './usage.ts'

/** What has been heard so far. */
type Heard = {
  text: string
  reasoningCharacters: number
  calls: SpokenCall[]
  callCharacters: number
  numberOf: ReturnType<typeof numberCalls>
  /** Of the first token that says something. */
  alternatives: Chunk['alternatives']
  finishReason: string | null
  usage: RawUsage | null
}

/** No vocabulary in use has more characters to a token, on average, than this. */
const MOST_CHARACTERS_PER_TOKEN = 8
/** Calls of one reply that are kept; more are a loop. */
const MOST_CALLS = 64
/** After the finish_reason only the token counts can follow; they are not worth a long wait. */
const COUNTS_WITHIN_MS = 1_000

/** Reads the stream to its end, yielding how many characters came; throws when it ends before the reply does. */
export async function* readReply(
  response: Response,
  endpoint: Endpoint,
  request: ModelRequest,
  options: ModelOptions,
  silence: Silence,
): AsyncGenerator<number, ModelReply, void> {
  const heard: Heard = {
    text: '',
    reasoningCharacters: 0,
    calls: [],
    callCharacters: 0,
    numberOf: numberCalls(),
    alternatives: null,
    finishReason: null,
    usage: null,
  }
  const longest = request.maxTokens * MOST_CHARACTERS_PER_TOKEN
  const { events, lastWords } = listen(response)
  try {
    for await (const data of events) {
      const before = characters(heard)
      take(heard, data, endpoint)
      const after = characters(heard)
      if (heard.finishReason !== null) silence.expect('the token counts', COUNTS_WITHIN_MS)
      else if (after > before) silence.expect('the next token', options.idleTimeoutMs)
      if (after > before) yield after
      // a server that ignores max_tokens would go on for ever; leaving the loop closes the connection
      if (after > longest) return finish(heard, 'length', request)
    }
  } catch (error) {
    // once the reply is complete, it does not matter how the connection ends
    if (heard.finishReason === null) throw broken(error, heard, endpoint)
  }
  if (heard.finishReason === null) throw unfinished(heard, lastWords(), endpoint)
  return finish(heard, heard.finishReason, request)
}

function take(heard: Heard, data: string, endpoint: Endpoint): void {
  if (data.trim() === '[DONE]') return
  const chunk = parse(data, endpoint)
  if (chunk.error !== null) throw complaint(chunk.error, heard, endpoint)
  // before it is added: the token that this chunk brings is the first one, or follows a quote
  if (isBeforeChoice(heard.text)) heard.alternatives = chunk.alternatives ?? heard.alternatives
  heard.text += chunk.text
  heard.reasoningCharacters += chunk.reasoning.length
  for (const bit of chunk.calls) takeCall(heard, bit)
  heard.finishReason = chunk.finishReason ?? heard.finishReason
  heard.usage = chunk.usage ?? heard.usage
}

function takeCall(heard: Heard, bit: Chunk['calls'][number]): void {
  heard.callCharacters += bit.name.length + bit.text.length
  const call = heard.calls.length > MOST_CALLS ? null : heard.numberOf(bit)
  if (call === null) return
  const before = heard.calls[call] ?? { name: bit.name, arguments: '' }
  heard.calls[call] = { ...before, arguments: before.arguments + bit.text }
}

function parse(data: string, { model, url }: Endpoint): Chunk {
  try {
    return readChunk(data)
  } catch (error) {
    const message = `${model} at ${url} sent something that is no completion chunk: ${data.slice(0, 120)}`
    throw new SwarmError('upstream', message, { cause: error })
  }
}

function finish(heard: Heard, reason: string, { messages, choices }: ModelRequest): ModelReply {
  const { text, reasoningCharacters, callCharacters, alternatives } = heard
  const calls = heard.calls.slice(0, MOST_CALLS)
  return {
    text: choices === null ? text : unquoted(text, choices),
    scores: choices === null ? null : scoresOf(choices, alternatives),
    finishReason: reason === 'stop' || reason === 'length' ? reason : 'other',
    ...(calls.length > 0 && { calls }),
    usage: countUsage(heard.usage, {
      messages,
      textCharacters: text.length + callCharacters,
      reasoningCharacters,
    }),
  }
}

const characters = (heard: Heard): number =>
  heard.text.length + heard.reasoningCharacters + heard.callCharacters

const came = (heard: Heard): string => `after ${characters(heard)} characters`

function complaint(error: unknown, heard: Heard, { model, url }: Endpoint): SwarmError {
  return new SwarmError('upstream', `${model} at ${url} broke off ${came(heard)}: ${describeError(error)}`)
}

function broken(error: unknown, heard: Heard, { model, url }: Endpoint): SwarmError {
  if (error instanceof SwarmError) return error
  const message = `the stream of ${model} at ${url} was cut ${came(heard)}`
  return new SwarmError('upstream', message, { cause: error })
}

/** Ollama writes `{"error": …}` without `data:`, a wrong URL answers a web page: tell what was said instead. */
function unfinished(heard: Heard, lastWords: string, endpoint: Endpoint): SwarmError {
  const bare = lastWords
    .split('\n')
    .map(bareError)
    .find((error) => error !== undefined)
  if (bare !== undefined) return complaint(bare, heard, endpoint)
  const { model, url } = endpoint
  const instead =
    lastWords.includes('data:') || lastWords === '' ? '' : `; it said: ${describeError(lastWords)}`
  const message = `${model} at ${url} ended its stream ${came(heard)} without a finish_reason${instead}`
  return new SwarmError('upstream', message)
}

function bareError(line: string): unknown {
  if (!line.startsWith('{')) return undefined
  try {
    return readChunk(line).error ?? undefined
  } catch {
    // not JSON: then it is no error object either
    return undefined
  }
}
