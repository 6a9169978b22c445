import { z } from 'zod'
import { get, post } from './get.ts'

/** What a model can do beside reading text; null where neither its server nor its name says. */
export type Capability = {
  /** `word`: its server says so; `name`: it is called like one that does. */
  readonly sees: 'word' | 'name' | null
  /** Can it be asked for a transcription? */
  readonly hears: boolean
}

type Upstream = { readonly url: string; readonly apiKey: string | null }

const PROBE_MS = 3_000
/** Asked one by one; whoever has more models than this names his in the configuration. */
const MOST_MODELS = 40

/** Asks an upstream which of its models see and hear. A server's own word counts; a name only where there is none. */
export async function askCapabilities(
  upstream: Upstream,
  models: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Capability>> {
  const asked = models.slice(0, MOST_MODELS)
  const words = await Promise.all([
    wordOfOllama(upstream, asked, signal),
    wordOfLlamaCpp(upstream, asked, signal),
    wordOfLiteLlm(upstream, signal),
  ])
  return new Map(asked.map((model) => [model, capabilityOf(model, words)]))
}

/** What a server says of a model; null where it leaves it open. */
type Word = { readonly sees: boolean | null; readonly hears: boolean | null; readonly alias?: string }
type Words = ReadonlyMap<string, Word>

function capabilityOf(model: string, words: readonly Words[]): Capability {
  const said = words.map((word) => word.get(model)).find((word) => word !== undefined)
  const hears = said?.hears === true
  if (said && said.sees !== null) return { sees: said.sees ? 'word' : null, hears }
  return { sees: SEEING.test(said?.alias ?? model) ? 'name' : null, hears }
}

/** Families whose models take pictures, by what they are called on the usual servers. The last resort. */
const SEEING = new RegExp(
  [
    'vision|llava|moondream|pixtral|molmo|smolvlm|internvl|ministral-3|devstral-small-2',
    'minicpm-?[vo]|(?:^|[^a-z])vl(?:[^a-z]|$)|qwen[\\d.]*vl|qwen-?[\\d.]*-omni|qwen-?3\\.[5-9]',
    // the smallest of the third generation read text only
    'gemma-?3n?(?![-:_](?:1b|270m))|gemma-?4|mistral-small-?3\\.[12]|llama-?4|glm-[\\d.]+v',
    'gpt-4o|gpt-4\\.1|gpt-5|claude-(?:3|4|opus|sonnet|haiku|fable)|gemini',
  ].join('|'),
  'i',
)

const OllamaVersion = z.object({ version: z.string() })
const OllamaModel = z.object({
  capabilities: z.array(z.string()).nullish(),
  /** Set when the model runs on somebody else's machine. */
  remote_host: z.string().nullish(),
})

/** https://docs.ollama.com/api-reference/show-model-details */
async function wordOfOllama(
  { url }: Upstream,
  models: readonly string[],
  signal: AbortSignal,
): Promise<Words> {
  const root = rootOf(url)
  const version = await get(`${root}/api/version`, null, PROBE_MS, signal)
  if (!OllamaVersion.safeParse(version.json).success) return new Map()
  const words = await Promise.all(
    models.map(async (model): Promise<[string, Word][]> => {
      const { json } = await post(`${root}/api/show`, { model }, null, PROBE_MS, signal)
      const shown = OllamaModel.safeParse(json)
      if (!shown.success) return []
      const { capabilities, remote_host: host } = shown.data
      // forwarded to Ollama's cloud: what a user shows us goes there only when the configuration names it
      if (host || /[:-]cloud$/.test(model)) return [[model, { sees: false, hears: false }]]
      if (!capabilities) return []
      return [[model, { sees: capabilities.includes('vision'), hears: capabilities.includes('audio') }]]
    }),
  )
  return new Map(words.flat())
}

const LlamaCppProps = z.object({ modalities: z.object({ vision: z.boolean().nullish() }) })

/** https://github.com/ggml-org/llama.cpp/tree/master/tools/server: one server, one model. */
async function wordOfLlamaCpp(
  { url, apiKey }: Upstream,
  models: readonly string[],
  signal: AbortSignal,
): Promise<Words> {
  const { json } = await get(`${rootOf(url)}/props`, apiKey, PROBE_MS, signal)
  const props = LlamaCppProps.safeParse(json)
  if (!props.success) return new Map()
  const word = { sees: props.data.modalities.vision ?? null, hears: null }
  return new Map(models.map((model) => [model, word]))
}

const LiteLlmInfo = z.object({
  data: z.array(
    z.object({
      model_name: z.string(),
      litellm_params: z.object({ model: z.string().nullish() }).nullish(),
      model_info: z.object({ supports_vision: z.boolean().nullish(), mode: z.string().nullish() }).nullish(),
    }),
  ),
})

/**
 * https://docs.litellm.ai/docs/completion/vision. It tells what an alias stands for, too. Of a model it does not know it
 * says "no" or nothing, so only a "yes" is a word.
 */
async function wordOfLiteLlm({ url, apiKey }: Upstream, signal: AbortSignal): Promise<Words> {
  const { json } = await get(`${rootOf(url)}/model/info`, apiKey, PROBE_MS, signal)
  const info = LiteLlmInfo.safeParse(json)
  if (!info.success) return new Map()
  return new Map(
    info.data.data.map(({ model_name: name, model_info: facts, litellm_params: params }) => [
      name,
      {
        sees: facts?.supports_vision === true ? true : null,
        hears: facts?.mode === 'audio_transcription',
        alias: params?.model ?? name,
      },
    ]),
  )
}

const rootOf = (url: string): string => url.replace(/\/v1$/, '')
