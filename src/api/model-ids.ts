import { SwarmError } from '../core/errors.ts'
import type { Effort } from '../core/task.ts'
import type { ApiServices } from './services.ts'

/** The swarm's own name. It must not look like one of OpenAI's, or clients change the request. */
const SWARM = 'quorum'
/** Plain conversation, never a task. */
export const CHAT = 'quorum-chat'
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
  const workspace = rest.length === 0 ? null : workspaceCalled(rest.join('@'), services)
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
  ...new Set(workspaces.names().map((name) => `${SWARM}@${inModelId(name)}`)),
]

/**
 * A workspace's name as it stands in a model's. Clients find `o1`, `o3`, `o4` and `gpt-5` to `gpt-9` anywhere in a name,
 * and then ask as of OpenAI's models of that name: in another protocol, with another role, or without a temperature.
 */
const inModelId = (name: string): string =>
  name.replaceAll(/o(?=[134])/gi, '$&_').replaceAll(/gpt-(?=[5-9])/gi, (gpt) => `${gpt.slice(0, -1)}_`)

/** The workspace that is meant by a name in a model's; its own name is always right. */
function workspaceCalled(name: string, { workspaces }: ApiServices): string {
  const names = workspaces.names()
  if (names.includes(name)) return name
  return names.find((one) => inModelId(one) === name) ?? name
}

export const unknownModel = (model: string, services: ApiServices): SwarmError =>
  new SwarmError('not-found', `no model "${model}" here; there are: ${modelIds(services).join(', ')}`, {
    param: 'model',
  })
