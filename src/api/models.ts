import type { Context } from 'hono'
import { badRequest } from './faults.ts'
import { modelIds, readModelId, unknownModel } from './model-ids.ts'
import type { ApiServices } from './services.ts'

/** What a client may put into its list of models. */
export function listModels(services: ApiServices): (c: Context) => Response {
  const created = Math.floor(services.clock.now() / 1000)
  return (c) => c.json({ object: 'list', data: modelIds(services).map((id) => model(id, created)) })
}

/** One model; `quorum@name` exists for every workspace that may be named, listed or not. */
export function getModel(services: ApiServices): (c: Context) => Promise<Response> {
  const created = Math.floor(services.clock.now() / 1000)
  return async (c) => {
    const id = c.req.param('id')
    if (id === undefined) throw badRequest('name a model', 'model')
    const { workspace } = readModelId(id, services)
    if (workspace !== null && !(await services.workspaces.has(workspace))) throw unknownModel(id, services)
    return c.json(model(id, created))
  }
}

const model = (id: string, created: number) => ({ id, object: 'model', created, owned_by: 'quorum' })
