import { availableParallelism } from 'node:os'
import { chatOf, type Chat } from './chat.ts'
import type { ChatBody } from './chat-body.ts'
import { createCrossing, type Crossing } from './crossing.ts'
import { createGrammars } from './grammar.ts'
import { loadPackage, type Context, type Llama, type Model, type Token } from './llama-package.ts'
import { Refused } from './refused.ts'
import { shareSequences } from './sequences.ts'
import { stopAt } from './stop-text.ts'
import { textOf } from './token-text.ts'

export type EngineOptions = {
  /** Where node-llama-cpp stands. */
  readonly packageFolder: string
  readonly model: string
  /** Tokens a sequence shall hold at most. */
  readonly window: number
  readonly sequences: number
}

/** What a generation brings, bit by bit. `alternatives`: tokens that might have stood first, with their log-probabilities. */
export type Piece = { readonly text: string; readonly alternatives: readonly Alternative[] | null }
export type Alternative = { readonly token: string; readonly logprob: number }
export type End = {
  readonly finish: 'stop' | 'length'
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
}

/** A model in this process. */
export type Engine = {
  /** Tokens a sequence holds: prompt and answer together. */
  readonly window: number
  readonly sequences: number
  readonly gpu: string | false
  count(messages: ChatBody['messages']): number
  tokenize(text: string): Token[]
  /** Throws `Refused` on what cannot be done, before the first piece. An abort ends it at the next token. */
  generate(body: ChatBody, signal: AbortSignal): AsyncGenerator<Piece, End, void>
}

/** Loads a model. It never compiles and never downloads. */
export async function openEngine(options: EngineOptions, log: (line: string) => void): Promise<Engine> {
  const library = await loadPackage(options.packageFolder)
  const llama = await library.getLlama({
    gpu: 'auto',
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    // the context says how many
    maxThreads: 0,
    logLevel: 'error',
    logger: (level, message) => log(`${level}: ${message}`),
  })
  const model = await llama.loadModel({ modelPath: options.model })
  const context = await openContext(model, llama, options)
  const chat = chatOf(library, model)
  const sequences = shareSequences(context)
  const crossing = createCrossing()
  const grammars = createGrammars(library, llama, model)
  return {
    window: context.contextSize,
    sequences: context.totalSequences,
    gpu: llama.gpu,
    count: (messages) => chat.read(messages).tokens.length,
    tokenize: (text) => model.tokenize(text),
    async *generate(body, signal) {
      const { tokens, stops } = readPrompt(chat, body, context)
      const grammar = await grammars.of(body)
      using held = await sequences.take(tokens, signal)
      const prepared = await readIn(held.sequence, tokens, crossing, signal)
      const room = context.contextSize - tokens.length
      const most = Math.min(body.max_tokens ?? body.max_completion_tokens ?? room, room)
      const answer = { most, stops: [...stops, ...grammar.stops], grammar: grammar.state, crossing }
      return yield* answerTo(held.sequence, prepared, model, body, answer, signal)
    },
  }
}

/** A machine without room for all sequences gets fewer; smaller windows are tried first. */
async function openContext(model: Model, llama: Llama, options: EngineOptions): Promise<Context> {
  const threads = threadsFor(llama, availableParallelism())
  const contextSize = { min: Math.min(SMALLEST_WINDOW, options.window), max: options.window }
  for (let sequences = options.sequences; ; sequences = Math.floor(sequences / 2)) {
    try {
      return await model.createContext({ sequences, contextSize, threads })
    } catch (error) {
      if (sequences <= 1) throw error
    }
  }
}

/** Below this a coder's prompt has no room. */
const SMALLEST_WINDOW = 4_096

/** One core is left to everything else: llama.cpp's threads wait for each other, and one that is held up holds up all. */
export const threadsFor = ({ cpuMathCores }: Pick<Llama, 'cpuMathCores'>, cores: number): number =>
  cores <= 2 ? 1 : Math.max(1, cpuMathCores - 1)

/** Without this llama.cpp would forget the beginning and say nothing. */
function readPrompt(chat: Chat, { messages }: ChatBody, { contextSize }: Context): ReturnType<Chat['read']> {
  const prompt = chat.read(messages)
  const { length } = prompt.tokens
  if (length < contextSize) return prompt
  throw new Refused(
    `the request exceeds the available context size: the prompt is ${length} tokens long, and the context window is ${contextSize} tokens`,
    { type: 'exceed_context_size_error' },
  )
}

/** Between two portions a caller that has left is noticed. */
const PORTION = 512

type Prepared = { readonly last: Token[]; readonly promptTokens: number; readonly cachedTokens: number }

/** Reads the prompt but for its end, which the first token of the answer is made from. */
async function readIn(
  sequence: HeldSequence,
  tokens: Token[],
  crossing: Crossing,
  signal: AbortSignal,
): Promise<Prepared> {
  await crossing.alone(() => sequence.adaptStateToTokens(tokens.slice(0, -1), false))
  const cachedTokens = sequence.nextTokenIndex
  for (let at = cachedTokens; at < tokens.length - 1; at = sequence.nextTokenIndex) {
    await crossing.pass()
    signal.throwIfAborted()
    await sequence.evaluateWithoutGeneratingNewTokens(
      tokens.slice(at, Math.min(at + PORTION, tokens.length - 1)),
    )
  }
  return { last: tokens.slice(-1), promptTokens: tokens.length, cachedTokens }
}

type HeldSequence = ReturnType<Context['getSequence']>
type Wanted = {
  readonly most: number
  readonly stops: readonly string[]
  readonly grammar: object | null
  readonly crossing: Crossing
}

async function* answerTo(
  sequence: HeldSequence,
  { last, promptTokens, cachedTokens }: Prepared,
  model: Model,
  body: ChatBody,
  { most, stops, grammar, crossing }: Wanted,
  signal: AbortSignal,
): AsyncGenerator<Piece, End, void> {
  const stop = stopAt([...stops, ...stopsOf(body)])
  const text = textOf(model)
  const end = (finish: End['finish']): End => ({ finish, promptTokens, cachedTokens, completionTokens })
  let completionTokens = 0
  const options = {
    temperature: body.temperature ?? 0.7,
    topP: body.top_p ?? 1,
    seed: body.seed ?? 0,
    ...(grammar === null ? {} : { grammarEvaluationState: grammar }),
  }
  const asked = { probabilities: body.logprobs === true }
  for await (const { token, probabilities } of sequence.evaluateWithMetadata(last, asked, options)) {
    await crossing.pass()
    signal.throwIfAborted()
    completionTokens += 1
    const isFirst = completionTokens === 1
    const { shown, stopped } = stop.read(text.read(token))
    if (shown !== '' || isFirst)
      yield { text: shown, alternatives: isFirst ? alternativesOf(model, probabilities, body) : null }
    if (stopped) return end('stop')
    if (completionTokens >= most) return yield* lastWords('length')
  }
  return yield* lastWords('stop')

  async function* lastWords(finish: End['finish']): AsyncGenerator<Piece, End, void> {
    const rest = stop.read(text.rest())
    yield { text: rest.shown + (rest.stopped ? '' : stop.rest()), alternatives: null }
    return end(rest.stopped ? 'stop' : finish)
  }
}

const stopsOf = ({ stop }: ChatBody): string[] => (typeof stop === 'string' ? [stop] : (stop ?? []))

function alternativesOf(
  model: Model,
  probabilities: Map<Token, number> | undefined,
  { top_logprobs: most }: ChatBody,
): Alternative[] | null {
  if (probabilities === undefined) return null
  const likely = [...probabilities].slice(0, most ?? 0).filter(([, probability]) => probability > 0)
  return likely.map(([token, probability]) => ({
    token: model.detokenize([token]),
    logprob: Math.log(probability),
  }))
}
