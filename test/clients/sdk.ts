import { z } from 'zod'

export type Message = { role: string; content: string | null; tool_calls?: object[]; tool_call_id?: string }

export type Tool = {
  readonly name: string
  readonly description: string
  readonly parameters: object
  /** What it does when it is called; its words go back to the model. Without it, the caller gets the calls. */
  readonly run?: (given: unknown) => Promise<string>
}

export type Asking = {
  readonly messages: readonly Message[]
  readonly stream: boolean
  readonly signal: AbortSignal
  readonly maxTokens?: number | null
  readonly tools?: readonly Tool[]
}

export type Call = { readonly id: string; readonly name: string; readonly given: unknown }

/** What a program that uses the SDK gets to see. */
export type Said = { readonly text: string; readonly thoughts: string; readonly calls: readonly Call[] }

/** One request by an SDK to this base URL, with the retries and the time-outs it has by itself. */
export type Ask = (url: string, asking: Asking) => Promise<Said>

const Delta = z.object({
  content: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z
    .array(
      z.object({
        index: z.number().default(0),
        id: z.string().optional(),
        function: z.object({ name: z.string().optional(), arguments: z.string().default('') }),
      }),
    )
    .nullish(),
})
const Chunk = z.object({ choices: z.array(z.object({ delta: Delta })) })
const Completion = z.object({ choices: z.tuple([z.object({ message: Delta })]) })

/** Reads what an SDK hands on in the protocol's own form, a whole answer or a stream of chunks. */
export async function readProtocol(answer: unknown): Promise<Said> {
  if (!isStream(answer)) {
    const { message } = Completion.parse(answer).choices[0]
    return saidIn([
      { ...message, tool_calls: message.tool_calls?.map((call, index) => ({ ...call, index })) },
    ])
  }
  const deltas: Delta[] = []
  for await (const chunk of answer) deltas.push(...Chunk.parse(chunk).choices.map(({ delta }) => delta))
  return saidIn(deltas)
}

type Delta = z.infer<typeof Delta>

const isStream = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer

function saidIn(deltas: readonly Delta[]): Said {
  const calls: { id: string; name: string; text: string }[] = []
  for (const { index, id, function: bit } of deltas.flatMap(({ tool_calls: calls }) => calls ?? [])) {
    const call = (calls[index] ??= { id: id ?? '', name: bit.name ?? '', text: '' })
    call.text += bit.arguments
  }
  return {
    text: deltas.map(({ content }) => content ?? '').join(''),
    thoughts: deltas.map(({ reasoning_content: thought }) => thought ?? '').join(''),
    calls: calls.map(({ id, name, text }) => ({ id, name, given: JSON.parse(text) as unknown })),
  }
}

/** A request's body, for the SDKs that leave it to their caller. */
export const bodyOf = ({ messages, stream, maxTokens, tools }: Asking) => ({
  model: 'quorum',
  messages,
  stream,
  ...(stream ? { stream_options: { include_usage: true } } : {}),
  ...(maxTokens ? { max_tokens: maxTokens } : {}),
  ...(tools ? { tools: tools.map(toolForm) } : {}),
})

/** A tool, as the protocol has it. */
export const toolForm = ({ name, description, parameters }: Tool) => ({
  type: 'function',
  function: { name, description, parameters },
})

/** An agent's loop: asks, runs the tools that are called, and asks again until there are no calls. */
export async function converse(ask: Ask, url: string, asking: Asking): Promise<Said> {
  const messages = [...asking.messages]
  for (let turn = 0; turn < 5; turn += 1) {
    const said = await ask(url, { ...asking, messages })
    if (said.calls.length === 0) return said
    messages.push({ role: 'assistant', content: said.text, tool_calls: said.calls.map(callForm) })
    for (const call of said.calls) messages.push(await result(call, asking.tools ?? []))
  }
  throw new Error('five turns, and it still calls tools')
}

const callForm = ({ id, name, given }: Call) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(given) },
})

async function result({ id, name, given }: Call, tools: readonly Tool[]): Promise<Message> {
  const tool = tools.find((tool) => tool.name === name)
  if (!tool?.run) throw new Error(`${name} cannot be called here`)
  return { role: 'tool', tool_call_id: id, content: await tool.run(given) }
}
