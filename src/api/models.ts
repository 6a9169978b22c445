import type { Context } from 'hono'
import { badRequest } from './faults.ts'
import { isOurs, modelIds, readModelId, unknownModel } from './model-ids.ts'
import type { ApiServices, Listed } from './services.ts'

/** What a client may put into its list of models: ours first, then the upstreams' own. */
export function listModels(services: ApiServices): (c: Context) => Promise<Response> {
  const created = startOf(services)
  return async (c) => {
    const others = (await services.catalogue.all()).filter(({ id }) => !isOurs(id))
    const data = [
      ...modelIds(services).map((id) => ourModel(id, created)),
      ...others.map((listed) => upstreamModel(listed, created)),
    ]
    return c.json({ object: 'list', data })
  }
}

/** One model; `quorum@name` exists for every workspace that may be named, listed or not. */
export function getModel(services: ApiServices): (c: Context) => Promise<Response> {
  const created = startOf(services)
  return async (c) => {
    const id = c.req.param('id')
    if (id === undefined) throw badRequest('name a model', 'model')
    const listed = isOurs(id) ? null : await services.catalogue.find(id)
    if (listed) return c.json(upstreamModel(listed, created))
    const { workspace } = readModelId(id, services)
    if (workspace !== null && !(await services.workspaces.has(workspace))) throw unknownModel(id, services)
    return c.json(ourModel(id, created))
  }
}

/** Our models are as old as this process, and so is a model whose upstream says nothing about it. */
const startOf = ({ clock }: ApiServices): number => Math.floor(clock.now() / 1000)

const ourModel = (id: string, created: number) => ({ id, object: 'model', created, owned_by: 'quorum' })

const upstreamModel = ({ id, created, ownedBy }: Listed, start: number) => ({
  id,
  object: 'model',
  created: created ?? start,
  owned_by: ownedBy ?? 'upstream',
})
