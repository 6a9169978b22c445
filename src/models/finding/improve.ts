import type { Capability } from '../../core/capability.ts'
import { oneForAll, type Fit } from '../../core/fit/fit.ts'
import { gigabytes } from '../../core/fit/gigabytes.ts'
import { SHARE_FOR_MODELS, type Machine } from '../../core/fit/room.ts'
import { tokenBytes, USUAL_WINDOW } from '../../core/fit/sized.ts'
import { AT_ONCE } from './measure-slots.ts'
import { startOllamaWith } from './ollama-settings.ts'
import { widen } from './widen.ts'

/** A model in its role, as far as advice needs to know. */
export type InRole = {
  readonly model: string
  readonly url: string
  readonly capability: Capability
}

export type Circumstances = {
  readonly machine: Machine
  /** What was made of it. */
  readonly fit: Fit
  readonly platform: NodeJS.Platform
}

/** What would make these models better coders, each with the command that does it. */
export function improvements(roles: readonly InRole[], around: Circumstances): string[] {
  const models = [...new Map(roles.map((role) => [`${role.url} ${role.model}`, role])).values()]
  const each = models.flatMap((role) => adviceFor(role, around) ?? [])
  return [...new Set([...each, ...forAll(models, around)])]
}

function adviceFor(role: InRole, around: Circumstances): string | null {
  switch (role.capability.server) {
    case 'ollama':
      return role.capability.elsewhere ? null : forOllama(role, around)
    case 'llamacpp':
      return forLlamaCpp(role)
    case 'lmstudio':
    case 'vllm':
    case 'sglang':
      return isSmall(role) ? `${reads(role)}: ${widen(role.capability, role.model, USUAL_WINDOW)}` : null
    case 'litellm':
    case 'mlx':
    case 'openai':
      return null
    default:
      return role.capability.server satisfies never
  }
}

/** It tells neither how many requests it answers at once nor, before it is loaded, what it reads. */
function forOllama(role: InRole, { machine, platform }: Circumstances): string | null {
  const { slots, window, held, onGraphics } = role.capability
  const fit = fitting(role, machine.total)
  const start = startOllamaWith(
    {
      ...(fit.isTight && { OLLAMA_FLASH_ATTENTION: '1', OLLAMA_KV_CACHE_TYPE: 'q8_0' }),
      OLLAMA_NUM_PARALLEL: String(fit.parallel),
      OLLAMA_CONTEXT_LENGTH: String(fit.window),
    },
    platform,
  )
  if (fit.isTight) return `${tight(role, machine.total, fit)}: ${start}`
  const wants = [...one(role), ...(isSmall(role) ? [reads(role)] : [])]
  if (wants.length > 0) return `${wants.join(', and ')}; start Ollama with: ${start}`
  if (held !== null && onGraphics !== null && onGraphics > 0 && onGraphics < held) {
    const share = Math.floor((100 * onGraphics) / held)
    const halved = startOllamaWith({ OLLAMA_FLASH_ATTENTION: '1', OLLAMA_KV_CACHE_TYPE: 'q8_0' }, platform)
    return `${role.model} takes ${gigabytes(held)}, and only ${share} % of it is on the graphics card; contexts take half with: ${halved}`
  }
  if (slots !== null && window !== null) return null
  return `Ollama answers one request at a time and reads 4k tokens unless told otherwise; start it with: ${start}`
}

type Fitting = { readonly parallel: number; readonly window: number; readonly isTight: boolean }

/** As many contexts as there is room for beside the weights; where their size is not told, they are taken to fit. */
function fitting({ capability }: InRole, memory: number): Fitting {
  const { bytes } = capability
  const perToken = tokenBytes(capability)
  const room = memory * SHARE_FOR_MODELS - (bytes ?? 0)
  if (bytes === null || perToken === null) return { parallel: AT_ONCE, window: USUAL_WINDOW, isTight: false }
  const most = Math.floor(room / (perToken * USUAL_WINDOW))
  if (most >= AT_ONCE) return { parallel: AT_ONCE, window: USUAL_WINDOW, isTight: false }
  // keys and values of one byte each take half
  return { parallel: Math.max(1, Math.min(AT_ONCE, most * 2)), window: USUAL_WINDOW, isTight: true }
}

function tight({ model, capability }: InRole, memory: number, { parallel }: Fitting): string {
  const bytes = capability.bytes ?? 0
  const contexts = (tokenBytes(capability) ?? 0) * USUAL_WINDOW * AT_ONCE
  const room = `${gigabytes(bytes)} of weights and ${gigabytes(contexts)} for ${AT_ONCE} contexts`
  const enough = gigabytes((bytes + contexts) / SHARE_FOR_MODELS)
  return `${model} takes ${room}, of ${gigabytes(memory)}; ${enough} would do, a smaller model leaves more room, or smaller contexts for ${parallel}`
}

function forLlamaCpp(role: InRole): string | null {
  const { slots, window } = role.capability
  const wants = [...one(role), ...(isSmall(role) ? [reads(role)] : [])]
  if (wants.length === 0) return null
  const each = Math.max(USUAL_WINDOW, window ?? 0)
  const parallel = Math.max(AT_ONCE, slots ?? 0)
  return `${wants.join(', and ')}; ${widen({ server: 'llamacpp', slots: parallel }, role.model, each)}`
}

/** So many models Ollama keeps in memory by itself; https://docs.ollama.com/faq. */
const KEPT_BY_OLLAMA = 3

/** Do they leave each other in peace? */
function forAll(models: readonly InRole[], { fit, platform }: Circumstances): string[] {
  const here = models.filter(({ capability }) => capability.server === 'ollama' && !capability.elsewhere)
  if (!fit.together) {
    const names = fit.models.map(({ model }) => model.model)
    const takes = gigabytes(fit.models.reduce((sum, { bytes }) => sum + bytes, 0))
    const own = { model: oneForAll(fit)?.model.model }
    const one = JSON.stringify({ tiers: { fast: own, deep: own, reviewer: own } })
    return [
      `${names.join(' and ')} take ${takes} with their contexts and push each other out of memory; one in every role stays loaded, in quorum.config.json: ${one}`,
    ]
  }
  if (here.length <= KEPT_BY_OLLAMA) return []
  const start = startOllamaWith({ OLLAMA_MAX_LOADED_MODELS: String(here.length) }, platform)
  return [`Ollama keeps ${KEPT_BY_OLLAMA} models in memory unless told otherwise; start it with: ${start}`]
}

const one = ({ model, capability: { slots } }: InRole): string[] =>
  slots === 1 ? [`${model} answers one request at a time, so that coders wait for one another`] : []

const isSmall = ({ capability: { window } }: InRole): boolean => window !== null && window < USUAL_WINDOW

const reads = ({ model, capability: { window } }: InRole): string =>
  `${model} reads ${(window ?? 0).toLocaleString('en-US')} tokens at once, which is little for code`
