import { PLAIN, type Capability } from '../../core/capability.ts'
import { identify, type Identity } from './identify.ts'
import { measureSlots } from './measure-slots.ts'
import { openMeasuredSlots, rememberMeasured, type MeasuredSlots } from './measured-slots.ts'
import { wordOfLiteLlm } from './words/litellm.ts'
import { wordOfLlamaCpp } from './words/llamacpp.ts'
import { wordOfLmStudio } from './words/lmstudio.ts'
import { wordOfOllama } from './words/ollama.ts'
import { NOTHING_SAID, type Upstream, type Word, type Words } from './words/word.ts'

/** One model at one server. */
export type ModelAt = Upstream & { readonly model: string }

/** What is known of the models that are used: asked for once, and again when it may have changed. */
export type Capabilities = {
  /** Never throws but for the abort: of a server that says nothing, nothing is known. */
  of(at: ModelAt, signal: AbortSignal): Promise<Capability>
  /** The same, after having tried how many requests it answers at once. Calls the model a few times. */
  measure(at: ModelAt, withinMs: number, signal: AbortSignal): Promise<Capability>
  /** Does nobody know its slots, was that not tried before, and is it in memory, so that it costs next to nothing? */
  isWorthMeasuring(at: ModelAt, signal: AbortSignal): Promise<boolean>
}

type Needs = {
  readonly clock: { now(): number }
  /** What was measured before; nothing outlives the process where none is given. */
  readonly measured?: MeasuredSlots
}
/** `state`: which server, model and settings it was; another text means that it has to be measured anew. */
type Known = { readonly capability: Capability; readonly state: string; readonly isWorthMeasuring: boolean }

/** So long it is true: a model may be loaded with another window, a server be started with more slots. */
const KNOWN_FOR_MS = 30_000

/** A memory of what servers say of themselves, and of what was measured of them. */
export function createCapabilities({ clock, measured = rememberMeasured() }: Needs): Capabilities {
  const asked = new Map<string, { at: number; known: Promise<Known | null> }>()
  const lastKnown = new Map<string, Known>()

  const know = async (at: ModelAt, signal: AbortSignal): Promise<Known> => {
    const key = `${at.url} ${at.model}`
    let entry = asked.get(key)
    if (entry === undefined || clock.now() - entry.at >= KNOWN_FOR_MS) {
      // on a signal of its own, as others wait for the same answer
      entry = { at: clock.now(), known: askOne(at, measured, new AbortController().signal) }
      asked.set(key, entry)
    }
    const known = await entry.known
    signal.throwIfAborted()
    if (known) lastKnown.set(key, known)
    // somebody who has just started his server should not have to wait
    else if (!lastKnown.has(key)) asked.delete(key)
    return known ?? lastKnown.get(key) ?? NOBODY
  }
  return {
    of: async (at, signal) => (await know(at, signal)).capability,
    isWorthMeasuring: async (at, signal) => (await know(at, signal)).isWorthMeasuring,
    async measure(at, withinMs, signal) {
      const slots = await measureSlots(at, withinMs, signal)
      asked.delete(`${at.url} ${at.model}`)
      const { capability, state } = await know(at, signal)
      if (capability.slotsFrom === 'word') return capability
      await measured.keep(at, state, slots)
      asked.delete(`${at.url} ${at.model}`)
      return (await know(at, signal)).capability
    },
  }
}

/** The same for a process: what was measured is kept in the cache. */
export const openCapabilities = (cacheDir: string): Capabilities =>
  createCapabilities({ clock: { now: () => performance.now() }, measured: openMeasuredSlots(cacheDir) })

const NOBODY: Known = { capability: PLAIN, state: '', isWorthMeasuring: false }

/** Null when nobody answers. */
async function askOne(at: ModelAt, measured: MeasuredSlots, signal: AbortSignal): Promise<Known | null> {
  const fixed = byAddress(at.url)
  if (fixed) return { capability: fixed, state: '', isWorthMeasuring: false }
  const identity = await identify(at, signal)
  if (identity.listing.status === null) return null
  const words = await wordsOf(identity, at, [at.model], signal)
  const word = words.get(at.model)
  const capability = capabilityOf(at.model, identity, word)
  const state = `${identity.server} ${identity.version ?? ''} ${word?.loaded ?? ''}`
  const tried = capability.slots === null ? await measured.find(at, state) : null
  const isWorthMeasuring =
    capability.slots === null && tried === null && Boolean(word?.loaded) && !capability.elsewhere
  if (!tried?.slots) return { capability, state, isWorthMeasuring }
  return { capability: { ...capability, slots: tried.slots, slotsFrom: 'measured' }, state, isWorthMeasuring }
}

/** Asked one by one; whoever has more models than this names his in the configuration. */
const MOST_MODELS = 40

/** What each of these models of one upstream can do. A server's own word counts; a name only where there is none. */
export async function askCapabilities(
  upstream: Upstream,
  models: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Capability>> {
  const asked = models.slice(0, MOST_MODELS)
  const identity = await identify(upstream, signal)
  const words = await wordsOf(identity, upstream, asked, signal)
  return new Map(asked.map((model) => [model, capabilityOf(model, identity, words.get(model))]))
}

/** One that does not say who it is may still be a llama-server or a LiteLLM behind something that hides it. */
async function wordsOf(
  { server, models: listed }: Identity,
  upstream: Upstream,
  models: readonly string[],
  signal: AbortSignal,
): Promise<Words> {
  const mayBe = (name: Identity['server']): boolean => server === name || server === 'openai'
  const words: Words[] = await Promise.all([
    server === 'ollama' ? wordOfOllama(upstream, models, signal) : NO_WORDS,
    mayBe('llamacpp') ? wordOfLlamaCpp(upstream, models, signal) : NO_WORDS,
    mayBe('litellm') ? wordOfLiteLlm(upstream, signal) : NO_WORDS,
    server === 'lmstudio' ? wordOfLmStudio(upstream, signal) : NO_WORDS,
  ])
  // vLLM and SGLang tell it there
  words.push(new Map((listed ?? []).map(({ id, window }) => [id, { ...NOTHING_SAID, window }])))
  return new Map(
    models.flatMap((model) => {
      const said = words.map((word) => word.get(model)).find((word) => word !== undefined)
      return said ? [[model, said]] : []
    }),
  )
}

const NO_WORDS: Words = new Map()

function capabilityOf(model: string, { server, version }: Identity, word: Word = NOTHING_SAID): Capability {
  const { sees, hears, tools, window, slots, bytesPerToken, bytes, held, onGraphics, alias, elsewhere } = word
  const byName = SEEING.test(alias ?? model) ? 'name' : null
  return {
    ...PLAIN,
    server,
    version,
    ...BY_SERVER[server],
    // Ollama hands these on, and the grammar stays behind: https://docs.ollama.com/capabilities/structured-outputs
    ...(elsewhere ? { structured: 'none' } : {}),
    slots,
    slotsFrom: slots === null ? null : 'word',
    window,
    bytesPerToken,
    bytes,
    held,
    onGraphics,
    sees: sees === null ? byName : sees ? 'word' : null,
    tools: tools === true,
    hears: hears === true,
    elsewhere,
  }
}

type ByServer = Pick<Capability, 'structured' | 'logprobs' | 'n' | 'reasoningField'>

/** What cannot be asked, from the servers' documentation. */
const BY_SERVER: Record<Capability['server'], ByServer> = {
  // it hands on what its provider takes, and leaves out the rest (drop_params)
  litellm: { structured: 'schema', logprobs: true, n: false, reasoningField: 'reasoning_content' },
  ollama: { structured: 'schema', logprobs: true, n: false, reasoningField: 'reasoning' },
  llamacpp: { structured: 'grammar', logprobs: true, n: true, reasoningField: 'reasoning_content' },
  vllm: { structured: 'schema', logprobs: true, n: true, reasoningField: 'either' },
  sglang: { structured: 'schema', logprobs: true, n: true, reasoningField: 'reasoning_content' },
  lmstudio: { structured: 'schema', logprobs: false, n: false, reasoningField: 'either' },
  mlx: { structured: 'none', logprobs: false, n: false, reasoningField: 'either' },
  openai: { structured: 'none', logprobs: true, n: false, reasoningField: 'either' },
}

/** Of these the address says all there is to say. Everybody else is trusted with what all of them know. */
function byAddress(url: string): Capability | null {
  if (new URL(url).hostname !== 'api.openai.com') return null
  return {
    ...PLAIN,
    structured: 'schema',
    maxTokensField: 'max_completion_tokens',
    tools: true,
    elsewhere: true,
  }
}

/** The field that bounds a reply at this address; known without asking, as every request needs it. */
export const maxTokensFieldAt = (url: string): Capability['maxTokensField'] =>
  (byAddress(url) ?? PLAIN).maxTokensField

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
