import { fenced } from '../../core/forms/fenced.ts'
import type { SourceFile } from '../../core/task.ts'
import { markOf, mediaName } from '../../core/media.ts'
import { badRequest } from '../faults.ts'
import { textOf, type ChatBody } from '../wire-format.ts'
import { readPart, type PartContent } from './read-part.ts'

type Message = ChatBody['messages'][number]

/** A part of a message that is no text, and where it stands. */
export type Attachment = {
  readonly message: number
  readonly part: number
  /** As an error names the place. */
  readonly at: string
  readonly role: Message['role']
  readonly content: PartContent
  /** What a text calls it: `Picture 2 (plan.png)`. Empty for a file, which is a text itself. */
  readonly name: string
}

/** Agents send what their tools showed again and again, so there may be many. */
const MOST = 100
/** Each of those that are only named may be large, and has to be fetched. */
const MOST_NAMED = 10

/** The pictures, recordings and files of a conversation, in their order. Throws 'bad-request' at the first unfit one. */
export function readAttachments(messages: readonly Message[]): Attachment[] {
  const found: Attachment[] = []
  const counts = { picture: 0, recording: 0, file: 0 }
  let named = 0
  for (const [message, { content, role }] of messages.entries()) {
    if (!Array.isArray(content)) continue
    for (const [part, value] of content.entries()) {
      const at = `messages.${message}.content.${part}`
      const read = readPart(value, at)
      if (read === null) continue
      if (found.length === MOST) throw badRequest(`more than ${MOST} pictures, recordings and files`, at)
      if (isNamed(read) && (named += 1) > MOST_NAMED) {
        throw badRequest(`more than ${MOST_NAMED} pictures by their address; send them as data URIs`, at)
      }
      counts[read.kind] += 1
      found.push({ message, part, at, role, content: read, name: nameOf(read, counts) })
    }
  }
  return found
}

const isNamed = (content: PartContent): boolean => content.kind === 'picture' && content.source.from === 'url'

const nameOf = (content: PartContent, counts: Readonly<Record<PartContent['kind'], number>>): string =>
  content.kind === 'file' ? '' : mediaName(content.kind, counts[content.kind], content.label)

/** A message's text with its files in it, as if they had been pasted. `marks`: and with the places of what is no text. */
export function textWith(
  message: Message,
  index: number,
  attachments: readonly Attachment[],
  { marks }: { marks: boolean },
): string {
  const own = attachments.filter((attachment) => attachment.message === index)
  if (own.length === 0 || !Array.isArray(message.content)) return textOf(message)
  const content = message.content.map((part, place) => {
    const attachment = own.find((one) => one.part === place)
    if (attachment === undefined) return part
    const { content, name } = attachment
    if (content.kind === 'file') return { type: 'text', text: fileBlock(content) }
    return { type: 'text', text: marks ? markOf(name) : '' }
  })
  return textOf({ ...message, content })
}

/** A file as a block that names it. */
export const fileBlock = ({ path, content }: SourceFile): string => fenced(content, path)
