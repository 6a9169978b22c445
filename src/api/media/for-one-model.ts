import { SwarmError } from '../../core/errors.ts'
import { inWords } from '../../core/media.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { ApiServices } from '../services.ts'
import { fileBlock, type Attachment } from './attachments.ts'
import { pictureUri, recordingOf, requireSense } from './media-for.ts'

/** A request that one model can take, and the services that lead to that model. */
export type ForOne = { readonly request: ChatRequest; readonly services: ApiServices }

/**
 * A request as one model takes it. The client's own bytes, unless there is something in it that no such model takes: then
 * that part is made anew. Pictures are for the model that sees to look at itself; sound is written down first.
 */
export async function forOneModel(
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
): Promise<ForOne> {
  const { attachments } = request
  if (attachments.length === 0) return { request, services }
  const seeing = await seeingModel(attachments, services, client)
  const parts = await Promise.all(attachments.map((one) => newPart(one, request, services, client)))
  const changed = attachments.flatMap((one, index) => {
    const part = parts[index] ?? null
    return part === null ? [] : [{ ...one, newPart: part }]
  })
  return {
    request: changed.length === 0 ? request : withParts(request, changed),
    services: seeing === null ? services : leadingTo(seeing, services),
  }
}

/** Null where there is no picture, and where only an agent's tools showed some and nobody can see them. */
async function seeingModel(
  attachments: readonly Attachment[],
  services: ApiServices,
  client: AbortSignal,
): Promise<string | null> {
  const pictures = attachments.filter(({ content }) => content.kind === 'picture')
  const asked = pictures.find(({ role }) => role === 'user')
  if (asked) return requireSense('picture', asked.at, services, client)
  if (pictures.length === 0) return null
  return (await services.senses.find('picture', client))?.model ?? null
}

/** What is sent in a part's place; null where it stays as it is. */
async function newPart(
  attachment: Attachment,
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
): Promise<NewPart | null> {
  const { content, at, name } = attachment
  if (content.kind === 'file') return { type: 'text', text: fileBlock(content) }
  if (content.kind === 'recording') {
    await requireSense('recording', at, services, client)
    await requireHome(request, services, client)
    const { text } = await services.senses.transcribe(recordingOf(name, content), client)
    return { type: 'text', text: inWords(name, text) }
  }
  const { source } = content
  if (source.from === 'bytes' && source.inPlace) return null
  const url = await pictureUri(source, at, services, client)
  return { type: 'image_url', image_url: { url } }
}

/** A recording goes out in a form of its own, which does not bear the request's wishes. */
async function requireHome(
  { policy }: ChatRequest,
  { senses }: ApiServices,
  client: AbortSignal,
): Promise<void> {
  if (policy !== 'offline') return
  const found = await senses.find('recording', client)
  if (found?.place !== 'cloud') return
  throw new SwarmError(
    'forbidden',
    `the policy is offline, and ${found.model}, which would listen, is in the cloud`,
  )
}

type NewPart = { readonly type: 'text'; readonly text: string } | { type: 'image_url'; image_url: object }
type Changed = Attachment & { readonly newPart: NewPart }

/** Written anew from what was sent: what we read of it need not be all of it. */
function withParts(request: ChatRequest, changed: readonly Changed[]): ChatRequest {
  const sent: { messages: { content: unknown[] }[] } = JSON.parse(request.text)
  const messages = structuredClone(request.body.messages)
  for (const { message, part, newPart } of changed) {
    sent.messages[message]!.content[part] = newPart
    const { content } = messages[message]!
    if (Array.isArray(content)) content[part] = newPart
  }
  return { ...request, text: JSON.stringify(sent), body: { ...request.body, messages } }
}

/** Whoever is asked through these, the model that sees answers. */
function leadingTo(model: string, services: ApiServices): ApiServices {
  const { models, relay, senses } = services
  return {
    ...services,
    models: { ...models, modelOf: () => model },
    relay: { ...relay, open: (_tier, body, signal) => senses.chat(body, signal) },
  }
}
