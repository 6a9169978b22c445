import { SwarmError } from '../core/errors.ts'
import type { Effort } from '../core/task.ts'
import type { ApiServices } from './services.ts'

/** The swarm's own name. It must not look like one of OpenAI's, or clients change the request. */
const SWARM = 'quorum'
/** Plain conversation, never a task. */
const CHAT = 'quorum-chat'
/** The dial, for clients that can only pick a name. */
const EFFORTS = { [SWARM]: null, [`${SWARM}-fast`]: 'low', [`${SWARM}-max`]: 'high' } as const

export type ModelChoice = {
  readonly explicit: 'direct' | null
  /** null: the name says nothing about it. */
  readonly effort: Effort | null
  readonly workspace: string | null
}

/** What a caller chose by the model's name. */
export function readModelId(model: string, services: ApiServices): ModelChoice {
  if (model === CHAT) return { explicit: 'direct', effort: null, workspace: null }
  const [name = '', ...rest] = model.split('@')
  const workspace = rest.length === 0 ? null : rest.join('@')
  const effort = Object.entries(EFFORTS).find(([known]) => known === name)?.[1]
  if (effort !== undefined) return { explicit: null, effort, workspace }
  throw unknownModel(model, services)
}

/** Is this a name of ours, with whatever workspace? Any other may be an upstream's. */
export function isOurs(model: string): boolean {
  const [name = ''] = model.split('@')
  return model === CHAT || Object.hasOwn(EFFORTS, name)
}

/** Every model id a client may pick from a list. */
export const modelIds = ({ workspaces }: ApiServices): string[] => [
  ...Object.keys(EFFORTS),
  CHAT,
  ...workspaces.names().map((name) => `${SWARM}@${name}`),
]

export const unknownModel = (model: string, services: ApiServices): SwarmError =>
  new SwarmError('not-found', `no model "${model}" here; there are: ${modelIds(services).join(', ')}`, {
    param: 'model',
  })
