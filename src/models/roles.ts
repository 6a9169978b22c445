import { castRoles } from './cast.ts'
import type { Cast, CastRole } from './cast.ts'
import type { Found } from './detect.ts'
import { installedModels, OLLAMA_DEFAULTS } from './ollama.ts'

const ALIASES = { fast: 'fast-coder', deep: 'deep-coder', reviewer: 'reviewer' } as const
const ALL_ALIASES = Object.values(ALIASES).join(', ')

/** Who takes which role, and what a human should know about it besides. */
export type Casting = { cast: Cast; notes: string[] }

/** The roles as litellm/config.yaml names them. */
export const castAliases = (why: string): Cast => ({
  fast: { model: ALIASES.fast, why },
  deep: { model: ALIASES.deep, why },
  reviewer: { model: ALIASES.reviewer, why },
})

/** Shares out the models of an upstream that answers: the aliases where it has them, else what suits. */
export async function castFound(found: Found, room: number, signal: AbortSignal): Promise<Casting> {
  const cast = castAliases(`the name ${found.url} knows it by`)
  const roles: CastRole[] = ['fast', 'deep', 'reviewer']
  const present = roles.find((role) => found.models.includes(ALIASES[role]))
  if (!present) return castOthers(found, room, signal)
  for (const role of roles) {
    if (found.models.includes(ALIASES[role])) continue
    cast[role] = { model: ALIASES[present], why: `${found.url} has no ${ALIASES[role]}` }
  }
  return { cast, notes: [] }
}

async function castOthers(found: Found, room: number, signal: AbortSignal): Promise<Casting> {
  const named = found.models.map((name) => ({ name, bytes: null }))
  const isOllama = found.kind === 'ollama'
  const models = isOllama ? ((await installedModels(found.url, signal)) ?? named) : named
  // how much memory another machine has, nobody tells
  const cast = castRoles(models, isOllama ? room : Infinity)
  if (!cast) return { cast: castAliases('nothing better is there'), notes: [noModel(found)] }
  return { cast, notes: [isOllama ? OLLAMA_DEFAULTS : guessed(found)] }
}

const noModel = ({ kind, url }: Found): string =>
  `${url} has no model that can write code` +
  (kind === 'ollama' ? '; fetch one: ollama pull, with a model named in litellm/config.yaml' : '')

const guessed = ({ url }: Found): string =>
  `${url} has none of ${ALL_ALIASES}, so the roles were guessed from its models' names; tiers.*.model sets them`
