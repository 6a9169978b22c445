import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SwarmError } from '../core/errors.ts'

/*
 * What is used of node-llama-cpp. It is fetched on the user's word and is no dependency, so its own types are not here;
 * https://node-llama-cpp.withcat.ai/api/functions/getLlama tells the whole of them.
 */

export type Token = number & { readonly __token?: never }

type Grammar = { readonly grammar: string }

export type Sequence = {
  readonly nextTokenIndex: number
  compareContextTokens(tokens: Token[]): { firstDifferentIndex: number }
  adaptStateToTokens(tokens: Token[], allowShift: boolean): Promise<void>
  clearHistory(): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: Token[]): Promise<void>
  evaluateWithMetadata(
    tokens: Token[],
    metadata: { probabilities: boolean },
    options: {
      temperature: number
      topP: number
      seed: number
      grammarEvaluationState?: object
    },
  ): AsyncGenerator<{ token: Token; probabilities?: Map<Token, number> }, void, void>
}

export type Context = {
  /** Tokens of one sequence. */
  readonly contextSize: number
  readonly totalSequences: number
  getSequence(): Sequence
}

export type Model = {
  readonly tokenizer: unknown
  tokenize(text: string): Token[]
  detokenize(tokens: readonly Token[], specialTokens?: boolean, lastTokens?: readonly Token[]): string
  createContext(options: {
    sequences: number
    contextSize: { min: number; max: number }
    threads: number
    createSignal?: AbortSignal
  }): Promise<Context>
}

export type Llama = {
  readonly gpu: string | false
  /** Cores that are good for arithmetic: about the physical ones. */
  readonly cpuMathCores: number
  loadModel(options: { modelPath: string }): Promise<Model>
  createGrammar(options: { grammar: string }): Promise<Grammar>
  createGrammarForJsonSchema(schema: unknown): Promise<Grammar>
  getGrammarFor(type: 'json'): Promise<Grammar>
}

export type ChatItem = { type: 'system' | 'user'; text: string } | { type: 'model'; response: string[] }

type ChatWrapper = {
  generateContextState(options: { chatHistory: ChatItem[] }): {
    contextText: { tokenize(tokenizer: unknown): Token[] }
    /** Texts and special tokens that end an answer. */
    stopGenerationTriggers: readonly { readonly values: readonly unknown[] }[]
  }
}

export type LlamaPackage = {
  getLlama(options: {
    gpu: 'auto'
    build: 'never'
    skipDownload: true
    progressLogs: false
    maxThreads: 0
    logLevel: 'error'
    logger: (level: string, message: string) => void
  }): Promise<Llama>
  resolveChatWrapper(model: Model, options: object): ChatWrapper
  LlamaGrammarEvaluationState: new (options: { model: Model; grammar: Grammar }) => object
  resolveModelFile(
    this: void,
    uri: string,
    options: {
      directory: string
      cli: false
      deleteTempFileOnCancel: false
      onProgress: (status: { totalSize: number; downloadedSize: number }) => void
      signal: AbortSignal
    },
  ): Promise<string>
}

/** The package as it stands in this folder. Throws 'not-found' where it is not, or is broken. */
export async function loadPackage(folder: string): Promise<LlamaPackage> {
  const entry = join(folder, 'node_modules', 'node-llama-cpp', 'dist', 'index.js')
  try {
    const loaded: LlamaPackage = await import(pathToFileURL(entry).href)
    return loaded
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SwarmError(
      'not-found',
      `node-llama-cpp cannot be loaded: ${why}; quorum models install mends it`,
      {
        cause: error,
      },
    )
  }
}
