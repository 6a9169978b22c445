import { triage } from '../core/triage.ts'
import type { WorkspaceChoice } from '../core/task.ts'
import type { ChatRequest } from './chat-request.ts'
import { withModel } from './replace-model.ts'
import type { ApiServices, Relayed } from './services.ts'
import { chooseWorkspace, namedWorkspace } from './workspace-choice.ts'

/** Who answers a request, whichever protocol it came in. */
export type Route =
  | { readonly kind: 'task'; readonly workspace: WorkspaceChoice }
  /** One model, as it is. */
  | { readonly kind: 'direct'; readonly why: string }

/** Finds who answers. Throws 'bad-request' when the caller named a workspace that is not served. */
export async function routeOf(request: ChatRequest, services: ApiServices): Promise<Route> {
  const { workspaces } = services
  const named = await namedWorkspace(request.named, services)
  const hasPlace = workspaces.names().length > 0 || named !== null || request.files.length > 0
  const verdict = triage({ ...request.facts, hasPlace })
  if (verdict.kind === 'direct') return verdict
  return { kind: 'task', workspace: await chooseWorkspace(named, request.files, services) }
}

/** The answer of one model to the client's own request; no more of it is changed than the model's name. */
export function askDirectly(
  { text }: ChatRequest,
  { relay, models }: ApiServices,
  client: AbortSignal,
): Promise<Relayed> {
  const tier = models.tiers[0]!
  return relay.open(tier, withModel(text, models.modelOf(tier)), client)
}
