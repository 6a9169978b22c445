import { namesAskedFor } from '../core/triage/question.ts'
import { triage } from '../core/triage.ts'
import type { WorkspaceChoice } from '../core/task.ts'
import type { ChatRequest } from './chat-request.ts'
import { answerFollowUp } from './hand-over/ask-follow-up.ts'
import { readFollowUp, type FollowUp } from './hand-over/follow-up.ts'
import { handOverFor, type HandOver } from './hand-over/hand-over.ts'
import { forOneModel } from './media/for-one-model.ts'
import { askAboutWorkspace } from './question.ts'
import { withModel } from '../core/replace-model.ts'
import type { ApiServices, Relayed } from './services.ts'
import { askStep } from './step/ask-step.ts'
import { isStep } from './step/step.ts'
import { chooseWorkspace, namedWorkspace } from './workspace-choice.ts'

/** Who answers a request, whichever protocol it came in. */
export type Route =
  | { readonly kind: 'task'; readonly workspace: WorkspaceChoice; readonly handOver: HandOver }
  /** The client's tools have answered calls that hand a change over. */
  | { readonly kind: 'follow-up'; readonly why: string; readonly followUp: FollowUp }
  /** One model that has read this workspace. */
  | { readonly kind: 'question'; readonly why: string; readonly workspace: string }
  /** One model, asked for an agent's next call until enough of its samples agree. */
  | { readonly kind: 'step'; readonly why: string }
  /** One model, as it is. */
  | { readonly kind: 'direct'; readonly why: string }

/** Finds who answers. Throws 'bad-request' when the caller named a workspace that is not served. */
export async function routeOf(
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
): Promise<Route> {
  const { workspaces } = services
  const followUp = readFollowUp(request, services)
  if (followUp) return { kind: 'follow-up', why: 'edits were answered', followUp }
  const named = await namedWorkspace(request.named, services)
  const handOver = await handOverFor(request, named, services)
  const takesEdits = handOver.kind === 'tools'
  const workspace = named ?? (takesEdits ? handOver.workspace : (workspaces.names()[0] ?? null))
  const hasPlace = workspace !== null || request.files.length > 0
  const namesOwn = await asksForOwnNames(request, workspace, services, client)
  const verdict = triage({
    ...request.facts,
    hasPlace,
    hasWorkspace: workspace !== null,
    namesOwn,
    takesEdits,
  })
  if (verdict.kind === 'step') {
    const why = handOver.kind === 'text' ? `${verdict.why}; ${handOver.why}` : verdict.why
    return { kind: isStep(request) ? 'step' : 'direct', why }
  }
  if (verdict.kind === 'direct') return verdict
  if (verdict.kind === 'question' && workspace !== null) {
    return { kind: 'question', why: `about ${encodeURI(workspace)}`, workspace }
  }
  const isOfWorkspace = verdict.kind === 'task' && verdict.inWorkspace === true
  const chosen = takesEdits ? handOver.workspace : isOfWorkspace ? workspace : named
  return { kind: 'task', workspace: await chooseWorkspace(chosen, request.files, services), handOver }
}

/** Does the workspace define a name that is asked about? Nobody is kept waiting for it to be read. */
async function asksForOwnNames(
  { facts }: ChatRequest,
  workspace: string | null,
  { defines }: ApiServices,
  client: AbortSignal,
): Promise<boolean> {
  if (workspace === null || facts.explicit !== null || facts.tools.length > 0) return false
  const names = namesAskedFor(facts)
  return names.length > 0 && defines !== undefined && defines(workspace, names, client)
}

/** The answer of the one model that a route leads to. */
export async function askOne(
  route: Exclude<Route, { kind: 'task' }>,
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
): Promise<Relayed> {
  if (route.kind === 'follow-up') return answerFollowUp(route.followUp, request, services, client)
  const one = await forOneModel(request, services, client)
  if (route.kind === 'direct') return askDirectly(one.request, one.services, client)
  if (route.kind === 'step') return askStep(one.request, one.services, client)
  return askAboutWorkspace(one.request, route.workspace, one.services, client)
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
