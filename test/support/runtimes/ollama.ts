import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { alternatives, DONE, end, json, listOf, open, piece, schemaIn, startRuntime } from './runtime.ts'
import type { Body, Runtime } from './runtime.ts'

export type OllamaModel = {
  name: string
  size: number
  capabilities?: string[]
  parameters?: string
  model_info?: object
  /** Of the window it is loaded with. */
  loaded?: number
  /** Whose machine it runs on, where it is not this one. */
  remote_host?: string
}
type Quirks = {
  /** OLLAMA_NUM_PARALLEL. */
  parallel?: number
  /** OLLAMA_MAX_QUEUE: beyond it, 503. */
  queue?: number
  /** In the middle of a stream, whose status is 200. */
  breaks?: string
  version?: string
  /** After the first chat, speaks on only when so many others have said their first word. */
  together?: number
}
/** What it made of a request, after what it ignores and what it forces. */
export type Understood = { temperature: unknown; top_p: unknown; num_predict: unknown; think: boolean }

/**
 * Ollama as it answers OpenAI's route: forces temperature and top_p to 1 where they are absent, does not know
 * max_completion_tokens, n and options, and reads only the schema of a response_format.
 */
export async function startOllama(
  t: TestContext,
  models: OllamaModel[],
  { parallel = 1, queue = 512, breaks, version = '0.33.0', together = 0 }: Quirks = {},
): Promise<Runtime & { understood: Understood[]; models: OllamaModel[] }> {
  const understood: Understood[] = []
  const line = waitingLine(parallel, queue)
  const chorus = gather(together)
  let chats = 0
  const show = ({ model }: { model?: string }): object =>
    models.find(({ name }) => name === model) ?? { error: 'not found' }
  const runtime = await startRuntime(t, {
    get routes() {
      const loaded = models.filter(({ loaded }) => loaded !== undefined)
      return {
        '/api/version': { version },
        '/v1/models': listOf(
          models.map(({ name }) => name),
          { owned_by: 'library' },
        ),
        '/api/tags': { models },
        '/api/ps': {
          models: loaded.map(({ name, loaded, size }) => ({
            name,
            digest: 'd1',
            size: size + (loaded ?? 0) * parallel,
            context_length: loaded,
          })),
        },
        '/api/show': show,
      }
    },
    chat: (body, response) => line(response, () => speak(body, response)),
  })
  async function speak(body: Body, response: ServerResponse): Promise<void> {
    const { temperature = 1, top_p = 1, max_tokens: most = -1, reasoning_effort: effort } = body
    understood.push({ temperature, top_p, num_predict: most, think: effort !== 'none' })
    open(response)
    if (effort !== 'none') response.write(piece({ role: 'assistant', content: '', reasoning: 'Hm. ' }))
    if (breaks !== undefined) {
      // no event: its own protocol shines through
      response.end(`${piece({ content: 'a' })}{"error":"${breaks}"}\n`)
      return
    }
    const schema = schemaIn(body)
    const words = schema ? heldTo(schema) : ['1 ', '2 ', '3 ', '4 ', '5 ', '6 ', '7 ', '8 ']
    chats += 1
    if (chats > 1 && together > 0) {
      response.write(piece({ content: words.shift() }))
      await chorus()
    }
    for (const text of words)
      response.write(
        text === 'K'
          ? piece({ content: text }, alternatives('K', { K: -0.2, T: -1.7 }))
          : piece({ content: text }),
      )
    response.end(end() + DONE)
  }
  return Object.assign(runtime, { understood, models })
}

/** What its grammar would leave a model to say; a choice comes in quotes. */
const heldTo = (schema: Body): string[] =>
  Array.isArray(schema['enum'])
    ? ['"', 'K', '"']
    : ['{"subtasks":[{"id":"1","description":"do it",', '"filesOwned":[],"dependsOn":[]}]}']

/** So many are answered at once, so many may wait. Those who are answered together speak their first word together. */
function waitingLine(parallel: number, queue: number) {
  const waiting: (() => void)[] = []
  let busy = 0
  return async (response: ServerResponse, speak: () => Promise<void>): Promise<void> => {
    if (busy >= parallel && waiting.length >= queue)
      return json(response, 503, {
        error: { message: 'server busy, please try again. maximum pending requests exceeded' },
      })
    if (busy >= parallel) await new Promise<void>((resolve) => waiting.push(resolve))
    busy += 1
    response.once('close', () => {
      busy -= 1
      waiting.shift()?.()
    })
    await speak()
  }
}

/** Waits for so many, and then until whoever listens in this process has heard all of them. */
function gather(many: number): () => Promise<void> {
  const here = Promise.withResolvers<void>()
  let count = 0
  return async () => {
    count += 1
    if (count === many) here.resolve()
    await here.promise
    await sleep(10)
  }
}
