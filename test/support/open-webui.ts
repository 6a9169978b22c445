import { z } from 'zod'
import { httpChunks } from './http-chunks.ts'
import { ERRANDS, withSources, type Errand, type Source, type Turn } from './open-webui-prompts.ts'
import { createReader, takePage, takeServer, type Shown } from './open-webui-reader.ts'

/**
 * Open WebUI, as far as a model's server can tell: what it sends, and what becomes of the answer. After Open WebUI 0.9.5,
 * `backend/open_webui/routers/openai.py`, `utils/middleware.py` and `utils/headers.py`, and for the browser's own
 * connections `src/routes/+layout.svelte`.
 */
export type Settings = {
  /** With `/v1`. */
  readonly url: string
  readonly apiKey?: string
  readonly model?: string
  /** `ENABLE_FORWARD_USER_INFO_HEADERS`; null is its default, which is not to. */
  readonly chatId?: string | null
  /** The model's `reasoning_tags`: are literal tags in an answer taken for thoughts? */
  readonly reasoningTags?: boolean
  /** The model's "usage" capability. */
  readonly usage?: boolean
}

type Asking = { readonly sources?: readonly Source[]; readonly signal?: AbortSignal }

/** A chat of its page; every answer becomes part of what it sends next. */
export type Chat = {
  readonly history: readonly Turn[]
  ask(question: string, asking?: Asking): Promise<Shown>
  /** What it asks on its own behalf when an answer is there; null where the answer holds no object. */
  errand(name: Errand): Promise<unknown>
}

/** How its server verifies a connection. */
export async function modelsOf({ url, apiKey }: Settings): Promise<string[]> {
  const response = await fetch(`${url}/models`, {
    headers: authorization(apiKey),
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(await refusalIn(response))
  return ModelList.parse(await response.json()).data.map(({ id }) => id)
}

/** A new chat through its server. */
export function openChat(settings: Settings): Chat {
  const history: Turn[] = []
  return {
    history,
    async ask(question, { sources = [], signal } = {}) {
      history.push({ role: 'user', content: question })
      // the page keeps the bare question; its server wraps the files around it each time
      const last: Turn = { role: 'user', content: withSources(question, sources) }
      const messages = [...history.slice(0, -1), last]
      const response = await send(settings, { messages, stream: true }, signal)
      const shown = await readStream(response, settings)
      history.push({ role: 'assistant', content: shown.content })
      return shown
    },
    async errand(name) {
      const content = ERRANDS[name](history)
      const messages = [{ role: 'user', content }]
      const limit = name === 'title' ? { max_tokens: 1_000 } : {}
      const response = await send(settings, { messages, stream: false, ...limit })
      if (!response.ok) throw new Error(await refusalIn(response))
      const [choice] = Completion.parse(await response.json()).choices
      return objectIn(choice.message.content)
    },
  }
}

/** The same question from the browser itself, a "direct connection": it asks whether it may, and puts no bits together. */
export async function askFromBrowser(settings: Settings, question: string, origin: string): Promise<Shown> {
  const { url, apiKey } = settings
  const headers = { origin, ...authorization(apiKey), 'content-type': 'application/json' }
  await mayCall(`${url}/chat/completions`, headers)
  const body = bodyOf(settings, { messages: [{ role: 'user', content: question }], stream: true })
  const answer = await httpChunks(`${url}/chat/completions`, headers, JSON.stringify(body))
  if (answer.header('access-control-allow-origin') === null) throw new TypeError('Failed to fetch')
  const reader = createReader({ takesEvents: false, reasoningTags: settings.reasoningTags ?? true })
  for (const chunk of answer.chunks) takePage(reader, chunk)
  return reader.shown()
}

function send(settings: Settings, more: object, signal?: AbortSignal): Promise<Response> {
  const { url, apiKey, chatId } = settings
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...authorization(apiKey),
      ...(chatId ? { ...USER, 'X-OpenWebUI-Chat-Id': chatId } : {}),
    },
    body: JSON.stringify(bodyOf(settings, more)),
    signal: signal ?? null,
  })
}

const USER = {
  'X-OpenWebUI-User-Name': 'Ann%20Example',
  'X-OpenWebUI-User-Id': '7f1c',
  'X-OpenWebUI-User-Email': 'ann@example.org',
  'X-OpenWebUI-User-Role': 'user',
}

const bodyOf = ({ model = 'quorum', usage = false }: Settings, more: object): object => ({
  model,
  ...more,
  ...(usage ? { stream_options: { include_usage: true } } : {}),
})

const authorization = (apiKey = 'none'): { authorization: string } => ({ authorization: `Bearer ${apiKey}` })

async function readStream(response: Response, { reasoningTags = true }: Settings): Promise<Shown> {
  const reader = createReader({ takesEvents: true, reasoningTags })
  if (!response.ok) return { ...reader.shown(), errors: [await refusalIn(response)] }
  if (!(response.headers.get('content-type') ?? '').includes('text/event-stream')) {
    throw new Error('an answer that is no event stream is not read as one')
  }
  await takeServer(reader, response.body!)
  return reader.shown()
}

/** A browser asks before it sends a key to another server. */
async function mayCall(url: string, { origin }: { origin: string }): Promise<void> {
  const asked = ['authorization', 'content-type']
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked.join(','),
    },
  })
  const listed = (name: string) => (preflight.headers.get(name) ?? '').toLowerCase().split(/,\s*/)
  const isAllowed =
    preflight.ok &&
    ['*', origin].includes(preflight.headers.get('access-control-allow-origin') ?? '') &&
    listed('access-control-allow-methods').includes('post') &&
    asked.every((name) => listed('access-control-allow-headers').includes(name))
  if (!isAllowed) throw new TypeError('Failed to fetch')
}

/** From the first brace to the last. */
function objectIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
  } catch {
    return null
  }
}

const refusalIn = async (response: Response): Promise<string> =>
  Refusal.parse(await response.json()).error.message

const ModelList = z.object({ data: z.array(z.object({ id: z.string() })) })
const Completion = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
})
const Refusal = z.object({ error: z.object({ message: z.string() }) })
