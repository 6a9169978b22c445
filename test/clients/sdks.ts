import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import OpenAI from 'openai'
import { z } from 'zod'
import { bodyOf, converse, readProtocol, toolForm, type Ask, type Asking, type Said } from './sdk.ts'

export type Sdk = {
  readonly name: string
  /** What has to be installed for it. */
  readonly packages: readonly string[]
  /** Loads it from the folder it is installed in. */
  readonly load: (folder: string) => Promise<Ask>
  /** Asks, runs the tools that are called, and goes on until the answer is words; where agents are made with it. */
  readonly converse?: (ask: Ask, url: string, asking: Asking) => Promise<Said>
}

/** The SDKs that are put before the server as they are, each asked in its own words. */
export const SDKS: readonly Sdk[] = [
  { name: 'openai', packages: [], load: loadOpenAi },
  {
    name: 'ai with @ai-sdk/openai-compatible',
    packages: ['ai', '@ai-sdk/openai-compatible'],
    load: loadAi,
    // it has a loop of its own
    converse: (ask, url, asking) => ask(url, asking),
  },
  { name: '@langchain/openai', packages: ['@langchain/openai'], load: loadLangChain, converse },
  {
    name: '@continuedev/openai-adapters',
    packages: ['@continuedev/openai-adapters'],
    load: loadContinue,
  },
]

type Callable = (...given: readonly unknown[]) => unknown
const Callable = z.custom<Callable>((value) => typeof value === 'function')

async function loadOpenAi(): Promise<Ask> {
  return async (url, asking) => {
    const { completions } = new OpenAI({ baseURL: url, apiKey: 'none' }).chat
    const create = Callable.parse(completions.create.bind(completions))
    return readProtocol(await create(bodyOf(asking), { signal: asking.signal }))
  }
}

const ContinueApi = z.custom<{
  chatCompletionStream(body: object, signal: AbortSignal): AsyncIterable<unknown>
  chatCompletionNonStream(body: object, signal: AbortSignal): Promise<unknown>
}>(hasMethods('chatCompletionStream', 'chatCompletionNonStream'))

async function loadContinue(folder: string): Promise<Ask> {
  const { constructLlmApi } = z
    .object({ constructLlmApi: Callable })
    .parse(await load(folder, '@continuedev/openai-adapters'))
  return async (url, asking) => {
    const api = ContinueApi.parse(constructLlmApi({ provider: 'openai', apiKey: 'none', apiBase: url }))
    const body = bodyOf(asking)
    return readProtocol(
      asking.stream
        ? api.chatCompletionStream(body, asking.signal)
        : await api.chatCompletionNonStream(body, asking.signal),
    )
  }
}

const AiCall = z.object({ toolCallId: z.string(), toolName: z.string(), input: z.unknown() })
const AiWhole = z.object({
  text: z.string(),
  reasoningText: z.string().optional(),
  toolCalls: z.array(AiCall),
})
const AiPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text-delta'), text: z.string() }),
  z.object({ type: z.literal('reasoning-delta'), text: z.string() }),
  AiCall.extend({ type: z.literal('tool-call') }),
  z.object({ type: z.literal('error'), error: z.unknown() }),
  z.object({ type: z.literal('abort') }),
])
const AiStream = z.custom<{ stream: AsyncIterable<{ type: string }> }>(
  (value) => typeof value === 'object' && value !== null && 'stream' in value,
)

async function loadAi(folder: string): Promise<Ask> {
  const { generateText, streamText, jsonSchema, stepCountIs } = z
    .object({ generateText: Callable, streamText: Callable, jsonSchema: Callable, stepCountIs: Callable })
    .parse(await load(folder, 'ai'))
  const { createOpenAICompatible } = z
    .object({ createOpenAICompatible: Callable })
    .parse(await load(folder, '@ai-sdk/openai-compatible'))
  return async (url, { messages, stream, signal, maxTokens, tools = [] }) => {
    const provider = createOpenAICompatible({
      name: 'quorum',
      baseURL: url,
      apiKey: 'none',
      includeUsage: true,
    })
    const asked = {
      model: Callable.parse(provider)('quorum'),
      messages,
      allowSystemInMessages: true,
      abortSignal: signal,
      ...(maxTokens ? { maxOutputTokens: maxTokens } : {}),
      tools: Object.fromEntries(
        tools.map(({ name, description, parameters, run }) => [
          name,
          { description, inputSchema: jsonSchema(parameters), ...(run ? { execute: run } : {}) },
        ]),
      ),
      stopWhen: stepCountIs(5),
    }
    if (stream) return readAi(AiStream.parse(streamText({ ...asked, onError: () => {} })).stream)
    const { text, reasoningText, toolCalls } = AiWhole.parse(await generateText(asked))
    return { text, thoughts: reasoningText ?? '', calls: toolCalls.map(callOf) }
  }
}

async function readAi(stream: AsyncIterable<{ type: string }>): Promise<Said> {
  const said = { text: '', thoughts: '', calls: [] as Said['calls'][number][] }
  for await (const one of stream) {
    const read = AiPart.safeParse(one)
    if (!read.success) continue
    const part = read.data
    if (part.type === 'error') throw part.error
    if (part.type === 'abort') throw new Error('aborted')
    if (part.type === 'text-delta') said.text += part.text
    if (part.type === 'reasoning-delta') said.thoughts += part.text
    if (part.type === 'tool-call') said.calls.push(callOf(part))
  }
  return said
}

const callOf = ({ toolCallId, toolName, input }: z.infer<typeof AiCall>) => ({
  id: toolCallId,
  name: toolName,
  given: input,
})

type LangChainModel = {
  bindTools(tools: readonly object[]): LangChainModel
  invoke(messages: readonly object[], options: object): Promise<unknown>
  stream(messages: readonly object[], options: object): Promise<AsyncIterable<unknown>>
}
const LangChainModel = z.custom<LangChainModel>(hasMethods('bindTools', 'invoke', 'stream'))
const LangChainChunk = z.custom<{ concat(next: unknown): unknown }>(hasMethods('concat'))
const LangChainMessage = z.object({
  content: z.string(),
  additional_kwargs: z.object({ reasoning_content: z.string().optional() }),
  tool_calls: z.array(z.object({ id: z.string(), name: z.string(), args: z.unknown() })).default([]),
})

async function loadLangChain(folder: string): Promise<Ask> {
  const { ChatOpenAI } = z
    .object({
      ChatOpenAI: z.custom<new (options: object) => unknown>((value) => typeof value === 'function'),
    })
    .parse(await load(folder, '@langchain/openai'))
  return async (url, { messages, stream, signal, maxTokens, tools }) => {
    const options = { model: 'quorum', apiKey: 'none', configuration: { baseURL: url } }
    const bare = LangChainModel.parse(new ChatOpenAI(maxTokens ? { ...options, maxTokens } : options))
    const model = tools ? bare.bindTools(tools.map(toolForm)) : bare
    const answer = stream
      ? await joined(await model.stream(messages, { signal }))
      : await model.invoke(messages, { signal })
    const { content, additional_kwargs: more, tool_calls: calls } = LangChainMessage.parse(answer)
    return {
      text: content,
      thoughts: more.reasoning_content ?? '',
      calls: calls.map(({ id, name, args }) => ({ id, name, given: args })),
    }
  }
}

async function joined(stream: AsyncIterable<unknown>): Promise<unknown> {
  let whole: unknown = null
  for await (const chunk of stream) whole = whole === null ? chunk : LangChainChunk.parse(whole).concat(chunk)
  return whole
}

function hasMethods(...names: readonly string[]) {
  return (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof Reflect.get(value, name) === 'function')
}

/** Is everything there that an SDK needs? */
export function isInstalled({ packages }: Sdk, folder: string): boolean {
  const { resolve } = createRequire(join(folder, 'package.json'))
  return packages.every((name) => {
    try {
      return resolve(name) !== ''
    } catch {
      // there is no other way to ask
      return false
    }
  })
}

async function load(folder: string, name: string): Promise<unknown> {
  const path = createRequire(join(folder, 'package.json')).resolve(name)
  const loaded: unknown = await import(pathToFileURL(path).href)
  return loaded
}
