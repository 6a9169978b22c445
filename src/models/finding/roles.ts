import { castRoles } from './cast.ts'
import type { Cast, CastRole } from './cast.ts'
import { installedModels } from './ollama.ts'
import type { Found } from './runtimes.ts'

const ALIASES = { fast: 'fast-coder', deep: 'deep-coder', reviewer: 'reviewer' } as const
const ALL_ALIASES = Object.values(ALIASES).join(', ')

/** Who takes which role, and what a human should know about it besides. */
export type Casting = {
  cast: Cast
  notes: string[]
  /** Nobody there can speak. */
  isEmpty: boolean
}

/** The roles as litellm/config.yaml names them. */
export const castAliases = (why: string): Cast => ({
  fast: { model: ALIASES.fast, why },
  deep: { model: ALIASES.deep, why },
  reviewer: { model: ALIASES.reviewer, why },
})

/** One model for all of them. */
export const castOne = (model: string, why: string): Cast => ({
  fast: { model, why },
  deep: { model, why },
  reviewer: { model, why },
})

/**
 * Shares out the models of an upstream that answers: the aliases where it has them, else what suits. Servers beside it
 * that stand for one alias each are used with it.
 */
export async function castFound(
  found: Found,
  beside: readonly Found[],
  room: number,
  signal: AbortSignal,
): Promise<Casting> {
  const placeOf = (role: CastRole): Found | undefined =>
    [found, ...beside].find(({ models }) => models.includes(ALIASES[role]))
  const roles: CastRole[] = ['fast', 'deep', 'reviewer']
  const present = roles.find(placeOf)
  if (!present) return castOthers(found, room, signal)
  const part = (role: CastRole): Cast[CastRole] => {
    const place = placeOf(role)
    const { url } = place ?? placeOf(present)!
    const elsewhere = url === found.url ? {} : { url }
    if (place) return { model: ALIASES[role], why: `the name ${url} knows it by`, ...elsewhere }
    return { model: ALIASES[present], why: `${found.url} has no ${ALIASES[role]}`, ...elsewhere }
  }
  const cast = { fast: part('fast'), deep: part('deep'), reviewer: part('reviewer') }
  return { cast, notes: [], isEmpty: false }
}

async function castOthers(found: Found, room: number, signal: AbortSignal): Promise<Casting> {
  const named = found.models.map((name) => ({ name, bytes: null }))
  const isOllama = found.kind === 'ollama'
  const models = isOllama ? ((await installedModels(found.url, signal)) ?? named) : named
  // how much memory another machine has, nobody tells
  const cast = castRoles(models, isOllama ? room : Infinity)
  if (!cast) return { cast: castAliases('nothing better is there'), notes: [noModel(found)], isEmpty: true }
  return { cast, notes: isOllama ? [] : [guessed(found)], isEmpty: false }
}

const noModel = ({ kind, url }: Found): string =>
  `${url} has no model that can write code` +
  (kind === 'ollama' ? '; fetch one: ollama pull, with a model named in litellm/config.yaml' : '')

const guessed = ({ url }: Found): string =>
  `${url} has none of ${ALL_ALIASES}, so the roles were guessed from its models' names; tiers.*.model sets them`
