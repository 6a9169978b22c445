import type { Lookup } from '../core/research/lookups.ts'
import { roundsOf } from '../core/research/rounds.ts'
import type { Usage } from '../core/task.ts'
import type { ChatRequest } from './chat-request.ts'
import { withMarks } from './marks.ts'
import { withRemark } from './remark.ts'
import { groundOf, guideTo, LOOKUP_SHARE, MOST_READ, type Ground } from './research/guide.ts'
import { markPlaces } from './research/places.ts'
import { firstCalls, lookUp, type Inquiry } from './research/research.ts'
import { answerAfterLooking } from './research/tell-research.ts'
import { withSpent } from './research/with-spent.ts'
import type { ApiServices, Relayed } from './services.ts'

/**
 * One model's answer to a question about a workspace: the client's own request, with the files that matter put before
 * it, and what the model asked to see of the others. Places in the answer that do not exist are marked as such.
 */
export async function askAboutWorkspace(
  request: ChatRequest,
  workspace: string,
  services: ApiServices,
  client: AbortSignal,
): Promise<Relayed> {
  const ground = await groundOf(request, workspace, services, client)
  const usual = guideTo(ground, [], services)
  const spent: Usage[] = []
  const spend = (usage: Usage): unknown => spent.push(usage)
  const inquiry = { ...inquiryOf(ground, usual.whole, request, workspace, services), spend }
  const calls = await firstCalls(inquiry, services, client)
  client.throwIfAborted()
  const answerBy = async (guide: string, signal: AbortSignal) =>
    withSpent(await answerWith(guide, ground, request, services, signal), spent)
  if (calls.length === 0) return answerBy(usual.text, client)
  const answering = (seen: readonly Lookup[], signal: AbortSignal) =>
    answerBy(guideTo(ground, seen, services).text, signal)
  const looking = (signal: AbortSignal) => lookUp(inquiry, calls, services, signal)
  return answerAfterLooking(looking, answering, request, services, client)
}

/** What is asked before the answer; its guide leaves the room free that what is looked up will take. */
function inquiryOf(
  ground: Ground,
  whole: readonly string[],
  { effort, policy, attachments }: ChatRequest,
  workspace: string,
  services: ApiServices,
): Omit<Inquiry, 'spend'> {
  const { tier, question, kept, room, paths, files } = ground
  const unread = [...files.map(({ path }) => path), ...paths.slice(MOST_READ)]
  const unseen = unread.filter((path) => !whole.includes(path))
  // a model that sees pictures is asked in another way, and a wish to stay offline goes only with the client's own words
  const isSimple =
    attachments.length === 0 && !(policy === 'offline' && services.privacy?.placeOf(tier) === 'cloud')
  const rounds = isSimple ? roundsOf({ effort, question, room, whole, unseen }) : 0
  const { contextCharacters } = services.limits
  // beside it stand the tools, and later what they said; a character is hardly ever more than a token
  const inQuestion = { ...ground, room: room * 0.6 }
  const guide = rounds === 0 ? '' : guideTo(inQuestion, [], services, LOOKUP_SHARE).text
  const forLookups = Math.floor(Math.min(contextCharacters * LOOKUP_SHARE, room * 0.3))
  return { tier, workspace, question, guide, room: forLookups, kept, rounds }
}

async function answerWith(
  guide: string,
  { tier, look, kept }: Ground,
  { body }: ChatRequest,
  { relay, models }: ApiServices,
  signal: AbortSignal,
): Promise<Relayed> {
  const messages = withGuide(body.messages, guide)
  const answer = await relay.open(
    tier,
    JSON.stringify({ ...body, model: models.modelOf(tier), messages }),
    signal,
  )
  // words of ours would spoil an object that was asked for
  if ((body.response_format?.type ?? 'text') !== 'text') return answer
  const marked = withMarks(answer, markPlaces(look))
  return kept.length === 0 ? marked : withRemark(marked, remarkOn(kept.length))
}

const remarkOn = (kept: number): string =>
  `\n\nThe model that answered is in the cloud and was not shown ${kept === 1 ? 'a private file' : `${kept} private files`} of this workspace.`

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
