import type { Look } from '../cascade/ports.ts'
import { rankFiles } from '../core/context.ts'
import { listFor, showFor } from '../core/question.ts'
import { filesMeant, looksLikeFile, noteOn, readReferences, type Reference } from '../core/references.ts'
import { holdsKey, mayBeRead } from '../core/secret-files.ts'
import type { SourceFile } from '../core/task.ts'
import type { ChatRequest } from './chat-request.ts'
import { withRemark } from './remark.ts'
import type { ApiServices, Relayed } from './services.ts'

/**
 * One model's answer to a question about a workspace: the client's own request, with the files that matter put before
 * it. Places in the answer that do not exist are named below it.
 */
export async function askAboutWorkspace(
  request: ChatRequest,
  workspace: string,
  services: ApiServices,
  client: AbortSignal,
): Promise<Relayed> {
  const { relay, models, workspaces } = services
  const look = await workspaces.look(workspace, client)
  const guide = await guideTo(look, questionOf(request), services)
  const tier = models.tiers[0]!
  const { body } = request
  const messages = withGuide(body.messages, guide)
  const asked = JSON.stringify({ ...body, model: models.modelOf(tier), messages })
  client.throwIfAborted()
  const answer = await relay.open(tier, asked, client)
  // a line of prose would spoil an object that was asked for
  const isProse = (body.response_format?.type ?? 'text') === 'text'
  return isProse ? withRemark(answer, (text) => remarkOn(text, look)) : answer
}

/** Files read to see which of them matter, and how much of them altogether. */
const MOST_READ = 400
const MOST_CHARACTERS = 4_000_000
/** Part of the room that the list of files may take. */
const LIST_SHARE = 0.2

/** What the model is told about the project. */
async function guideTo(look: Look, question: string, { prompts, limits }: ApiServices): Promise<string> {
  const paths = rankFiles(look.paths.filter(mayBeRead), question, [])
  const files = await readSome(paths.slice(0, MOST_READ), look)
  const list = listFor(paths, limits.contextCharacters * LIST_SHARE)
  const sources = showFor(files, question, limits.contextCharacters - list.length)
  const prompt = prompts.render('answer', { paths: list, sources })
  // one message, because many chat templates take instructions only there
  return prompt.messages.map(({ content }) => content).join('\n\n')
}

async function readSome(paths: readonly string[], look: Look): Promise<SourceFile[]> {
  const contents = await Promise.all(paths.map((path) => look.read(path)))
  const files: SourceFile[] = []
  let left = MOST_CHARACTERS
  for (const [index, path] of paths.entries()) {
    const content = contents[index]
    if (content === undefined || content.length > left || holdsKey(content)) continue
    files.push({ path, content })
    left -= content.length
  }
  return files
}

/** The question; a short one with the one before it, which it may lean on. */
function questionOf({ facts: { request, messages } }: ChatRequest): string {
  if (request.length > SHORT) return request.slice(0, MOST_ASKED)
  const earlier = messages.slice(0, -1).findLast(({ role }) => role === 'user')
  return `${request}\n${earlier?.text.slice(0, MOST_LEANT_ON) ?? ''}`
}

const SHORT = 80
const MOST_ASKED = 4_000
const MOST_LEANT_ON = 400

type Messages = ChatRequest['body']['messages']

/** Before the client's own instructions, in one message with them: templates want only one. */
function withGuide(messages: Messages, guide: string): Messages {
  const [first, ...others] = messages
  if (first?.role !== 'system' && first?.role !== 'developer')
    return [{ role: 'system', content: guide }, ...messages]
  const { content } = first
  const both = Array.isArray(content)
    ? [{ type: 'text', text: guide }, ...content]
    : [guide, content ?? ''].filter((text) => text !== '').join('\n\n')
  return [{ ...first, content: both }, ...others]
}

/** References that lead nowhere, told in one line; null when all of them exist. */
async function remarkOn(answer: string, look: Look): Promise<string | null> {
  const places = readReferences(answer).filter((place) => looksLikeFile(place, look.paths))
  const found = await Promise.all(places.map((place) => exists(place, look)))
  const missing = places.filter((_, index) => !found[index])
  return missing.length === 0 ? null : noteOn(missing)
}

/** More files of one name than this are not all opened to count their lines. */
const MOST_NAMESAKES = 8

async function exists(place: Reference, look: Look): Promise<boolean> {
  const meant = filesMeant(place, look.paths)
  if (meant.length > MOST_NAMESAKES) return true
  const texts = await Promise.all(meant.map((path) => look.read(path)))
  // what cannot be read as text has no lines to count
  return place.line > 0 && texts.some((text) => text === undefined || place.line <= linesIn(text))
}

const linesIn = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
