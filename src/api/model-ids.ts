import { SwarmError } from '../core/errors.ts'
import type { ApiServices } from './services.ts'

/** The swarm's own name. It must not look like one of OpenAI's, or clients change the request. */
const SWARM = 'quorum'
/** Plain conversation, never a task. */
const CHAT = 'quorum-chat'

export type ModelChoice = { readonly explicit: 'direct' | null; readonly workspace: string | null }

/** What a caller chose by the model's name. */
export function readModelId(model: string, services: ApiServices): ModelChoice {
  if (model === SWARM) return { explicit: null, workspace: null }
  if (model === CHAT) return { explicit: 'direct', workspace: null }
  if (model.startsWith(`${SWARM}@`)) return { explicit: null, workspace: model.slice(SWARM.length + 1) }
  throw unknownModel(model, services)
}

/** Every model id a client may pick from a list. */
export const modelIds = ({ workspaces }: ApiServices): string[] => [
  SWARM,
  CHAT,
  ...workspaces.names().map((name) => `${SWARM}@${name}`),
]

export const unknownModel = (model: string, services: ApiServices): SwarmError =>
  new SwarmError('not-found', `no model "${model}" here; there are: ${modelIds(services).join(', ')}`, {
    param: 'model',
  })
