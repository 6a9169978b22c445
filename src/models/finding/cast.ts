/** A model that could take a role; `bytes` is what it takes in memory, null where nobody says. */
export type Installed = { name: string; bytes: number | null }

/** Roles that must be filled; the cloud's is filled only by name. */
export type CastRole = 'fast' | 'deep' | 'reviewer'
/** `url`: its server, where that is not the one that was found first. */
export type Part = { model: string; why: string; url?: string }
export type Cast = Record<CastRole, Part>

/**
 * Gives three roles to the models there are. One resident model in several roles is better than several that push
 * each other out of memory, so a second one is used only where both fit into `room` (bytes).
 * Null when there is none that could write code.
 */
export function castRoles(models: readonly Installed[], room: number): Cast | null {
  const speaking = models.filter(({ name }) => !isEmbedding(name)).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const fitting = speaking.filter((model) => sizeOf(model) <= room)
  const usable = fitting.length > 0 ? fitting : speaking.slice(-1)
  const coders = usable.filter(({ name }) => isCoder(name))
  const pool = coders.length > 0 ? coders : usable
  const deep = pool[0]
  if (!deep) return null

  const whyDeep =
    fitting.length > 0 ? `the largest ${kind(coders)} that fits` : 'the smallest there is, if too large'
  const fast = pool.find((model) => isLighter(model, deep) && sizeOf(model) + sizeOf(deep) <= room)
  if (!fast) {
    const why = `one ${kind(coders)} that stays loaded beats several that swap`
    return withDeep(deep, whyDeep, { model: deep.name, why }, why)
  }
  const whyFast = `at most half the size of ${deep.name}, and both fit into memory together`
  return withDeep(deep, whyDeep, { model: fast.name, why: whyFast }, 'no third model to load')
}

const withDeep = ({ name }: Installed, why: string, fast: Part, whyReviewer: string): Cast => ({
  fast,
  deep: { model: name, why },
  reviewer: { model: name, why: whyReviewer },
})

const kind = (coders: readonly Installed[]): string => (coders.length > 0 ? 'coding model' : 'model')

/** Light enough to be worth a second model. */
const isLighter = (model: Installed, deep: Installed): boolean =>
  sizeOf(model) > 0 && sizeOf(model) <= sizeOf(deep) / 2

/** Can it only embed or rank, not speak? Read from its name, as some servers say nothing else. */
export const isEmbedding = (name: string): boolean => /embed|minilm|rerank|\b(?:bge|e5|gte)\b/i.test(name)

const isCoder = (name: string): boolean => /code|dev/i.test(name)

/** Bytes; where nobody says, from the parameter count in the name, at about 0.6 bytes each (4 bits and some). */
function sizeOf({ name, bytes }: Installed): number {
  if (bytes !== null) return bytes
  const billions = /(?:^|[^a-z0-9.])(\d+(?:\.\d+)?)b\b/i.exec(name)?.[1]
  return billions === undefined ? 0 : Number(billions) * 0.6e9
}
