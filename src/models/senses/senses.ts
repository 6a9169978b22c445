import type { Models, Prompt, Worded } from '../../cascade/ports.ts'
import { SwarmError } from '../../core/errors.ts'
import type { Media, MediaKind } from '../../core/media.ts'
import type { EndpointPlace } from '../../core/privacy/policy-name.ts'
import { createModels, type ModelOptions } from '../client.ts'
import { describe } from './describe.ts'
import { findHearing, findSeeing, type Haystack, type Sense } from './find-sense.ts'
import { createRelay, type Relay, type Relayed } from '../relay.ts'
import { transcribe } from './transcribe.ts'
import { rememberWords } from './words-memory.ts'

/** Models that put pictures and recordings into words. */
export type Senses = {
  /** Who does it; null where nobody is known to. */
  find(
    kind: MediaKind,
    signal: AbortSignal,
  ): Promise<{ readonly model: string; readonly place: EndpointPlace } | null>
  /** What to do where nobody is. */
  advice(kind: MediaKind): string
  describe(picture: Media, prompt: Prompt, signal: AbortSignal): Promise<Worded>
  transcribe(recording: Media, signal: AbortSignal): Promise<Worded>
  /** Where one of them answers that has been found; the strictest guess for any other. */
  placeOf(model: string): EndpointPlace
  /** Sends a chat with pictures to the model that sees; the body names it already. */
  chat(body: string, signal: AbortSignal): Promise<Relayed>
  /** Ends all connections. */
  close(): Promise<void>
}

/** So long what was found out stays true. */
const KNOWN_FOR_MS = 30_000

/** The models that see and hear: the configured ones, else those that the upstreams are found to have. */
export function createSenses(needs: Haystack & { readonly models: Pick<Models, 'call'> }): Senses {
  const { options } = needs
  const known = new Map<MediaKind, { at: number; sense: Promise<Sense | null> }>()
  const lines = new Map<string, Line>()
  const memory = rememberWords()
  const places = new Map<string, EndpointPlace>()

  const senseFor = async (kind: MediaKind, signal: AbortSignal): Promise<Sense | null> => {
    const before = known.get(kind)
    if (before && options.clock.now() - before.at < KNOWN_FOR_MS) return before.sense
    // on a signal of its own, as others may wait for the same answer
    const sense = kind === 'picture' ? findSeeing(needs) : findHearing(needs)
    known.set(kind, { at: options.clock.now(), sense })
    const found = await sense
    // somebody who has just been told what to install should not have to wait
    if (found === null) known.delete(kind)
    else places.set(found.model, found.place)
    signal.throwIfAborted()
    return found
  }
  const need = async (kind: MediaKind, signal: AbortSignal): Promise<Sense> => {
    const sense = await senseFor(kind, signal)
    if (sense === null) throw new SwarmError('upstream', advice(kind))
    return sense
  }
  const lineTo = (sense: Sense): Line => {
    const key = `${sense.url} ${sense.model}`
    const line = lines.get(key) ?? openLine(sense, options)
    lines.set(key, line)
    return line
  }
  return {
    advice,
    placeOf: (model) => places.get(model) ?? 'cloud',
    find: senseFor,
    async describe(picture, prompt, signal) {
      const sense = await need('picture', signal)
      const before = memory.find(sense, picture, prompt)
      if (before) return before
      // the tier's own slots where it is a tier's own model: a swarm may be using it
      const models = sense.tier === null ? lineTo(sense).models : needs.models
      const asked = { model: sense.model, tier: sense.tier ?? ONLY }
      return memory.keep(sense, picture, prompt, await describe(picture, prompt, asked, models, signal))
    },
    async transcribe(recording, signal) {
      const sense = await need('recording', signal)
      const before = memory.find(sense, recording, null)
      if (before) return before
      const { relay } = lineTo(sense)
      const { model, url } = sense
      const asked = { model, url, relay, withinMs: options.firstTokenTimeoutMs }
      return memory.keep(sense, recording, null, await transcribe(recording, asked, signal))
    },
    async chat(body, signal) {
      return lineTo(await need('picture', signal)).relay.open(ONLY, body, signal)
    },
    async close() {
      await Promise.all([...lines.values()].flatMap(({ models, relay }) => [models.close(), relay.close()]))
    },
  }
}

/** The connections to one model, which need not be a tier's. */
type Line = { readonly models: ReturnType<typeof createModels>; readonly relay: Relay }
/** The name of its only tier. */
const ONLY = 'fast'
const SLOTS = 2

function openLine({ model, url, apiKey, place }: Sense, options: ModelOptions): Line {
  const alone = { ...options, tiers: { [ONLY]: { model, url, apiKey, place, slots: SLOTS } } }
  return { models: createModels(alone), relay: createRelay(alone) }
}

function advice(kind: MediaKind): string {
  const [what, key, pull, example] =
    kind === 'picture'
      ? (['sees pictures', 'vision', 'ollama pull qwen3-vl:8b', 'qwen3-vl:8b'] as const)
      : (['writes down speech', 'speech', 'ollama pull gemma4', 'whisper-1'] as const)
  return (
    `no model that ${what} is known here: with Ollama, ${pull}; ` +
    `or name one in quorum.config.json: {"senses": {"${key}": {"model": "${example}", "url": "http://HOST:PORT/v1"}}}`
  )
}
