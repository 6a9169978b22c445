import { contextBytes, type Sized } from './sized.ts'

/** A model, how many contexts of it are wished for, and how many of these its server would have. */
export type Wanted = Sized & { readonly wished: number; readonly contexts: number }

/** What fits of it. `contexts`: null where nobody knows, 0 where not even one does. */
export type Fitted = { readonly model: Wanted; readonly contexts: number | null; readonly bytes: number }

export type Fit = {
  readonly models: readonly Fitted[]
  /** Are all of them loaded at once? Else they take turns, each with the memory for itself. */
  readonly together: boolean
}

/** How many contexts each model may have, and whether they stay in memory side by side. */
export function fitInto(room: number, wanted: readonly Wanted[]): Fit {
  const models = wanted.map((model) => fitOne(room, model))
  const all = models.reduce((sum, { bytes }) => sum + bytes, 0)
  return { models, together: models.length < 2 || all <= room }
}

function fitOne(room: number, model: Wanted): Fitted {
  const each = contextBytes(model)
  if (model.bytes === null) return { model, contexts: null, bytes: 0 }
  if (each === null) return { model, contexts: model.bytes <= room ? null : 0, bytes: model.bytes }
  const most = Math.floor((room - model.bytes) / each)
  const contexts = Math.max(0, Math.min(model.contexts, most))
  return { model, contexts, bytes: model.bytes + contexts * each }
}

/** Fewer than these are no swarm. */
const FEWEST_CONTEXTS = 2

/**
 * The one that takes all roles where they would push each other out of memory: the heaviest that leaves room for more
 * than one context, else the lightest. One resident model in several roles beats several that swap.
 */
export function oneForAll({ models }: Fit): Fitted | null {
  const byWeight = models.toSorted((one, other) => weightOf(other) - weightOf(one))
  const roomy = byWeight.find(({ contexts }) => contexts === null || contexts >= FEWEST_CONTEXTS)
  return roomy ?? byWeight.at(-1) ?? null
}

const weightOf = ({ model }: Fitted): number => model.bytes ?? 0
