import { createHash } from 'node:crypto'
import { SwarmError } from '../../core/errors.ts'
import type { Media, MediaKind } from '../../core/media.ts'
import { dataUriOf } from '../../core/media/bytes.ts'
import { badRequest } from '../faults.ts'
import type { ApiServices } from '../services.ts'
import type { Attachment } from './attachments.ts'
import type { PictureSource } from './read-part.ts'

/** What is no text in the turns a task is told of, ready to be put into words. Throws 'bad-request' where nobody can. */
export async function mediaFor(
  attachments: readonly Attachment[],
  services: ApiServices,
  client: AbortSignal,
): Promise<Media[]> {
  // what tools showed an agent is not part of the conversation a task is told
  const told = attachments.filter(({ role }) => role === 'user' || role === 'assistant')
  for (const kind of ['picture', 'recording'] as const) {
    const first = told.find(({ content }) => content.kind === kind)
    if (first) await requireSense(kind, first.at, services, client)
  }
  const media = await Promise.all(told.map((attachment) => openMedia(attachment, services, client)))
  return media.filter((one) => one !== null)
}

/** Who sees or hears; throws 'bad-request' with what to configure where nobody does. */
export async function requireSense(
  kind: MediaKind,
  at: string,
  services: ApiServices,
  client: AbortSignal,
): Promise<string> {
  const found = await services.senses.find(kind, client)
  if (found !== null) return found.model
  // a server that is down has told nothing of its models
  const { ok, reason } = await services.ready(client)
  if (!ok) throw new SwarmError('upstream', reason ?? 'the upstream does not answer')
  throw badRequest(services.senses.advice(kind), at)
}

/** A picture or a recording with its bytes; null for a file, whose text stands in its message. */
async function openMedia(
  { content, name, at }: Attachment,
  services: ApiServices,
  client: AbortSignal,
): Promise<Media | null> {
  if (content.kind === 'file') return null
  if (content.kind === 'recording') return recordingOf(name, content)
  return mediaOf('picture', name, await pictureOf(content.source, at, services, client))
}

/** A recording as whoever writes it down takes it. */
export const recordingOf = (name: string, content: Pick<Media, 'mime' | 'bytes'>): Media =>
  mediaOf('recording', name, content)

/** A picture as a model takes it; one that is only named is fetched here, where no address of ours can be meant. */
export async function pictureUri(
  source: PictureSource,
  at: string,
  services: ApiServices,
  client: AbortSignal,
): Promise<string> {
  const { mime, bytes } = await pictureOf(source, at, services, client)
  return dataUriOf(mime, bytes)
}

type Picture = Pick<Media, 'mime' | 'bytes'>

async function pictureOf(
  source: PictureSource,
  at: string,
  { senses }: ApiServices,
  client: AbortSignal,
): Promise<Picture> {
  if (source.from === 'bytes') return source
  try {
    return await senses.fetchPicture(source.url, client)
  } catch (error) {
    if (!(error instanceof SwarmError) || error.fault !== 'bad-request') throw error
    throw new SwarmError('bad-request', error.message, { cause: error, param: at })
  }
}

const mediaOf = (kind: MediaKind, name: string, { mime, bytes }: Picture): Media => ({
  kind,
  name,
  mime,
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})
