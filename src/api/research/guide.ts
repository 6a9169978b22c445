import type { Look } from '../../cascade/ports.ts'
import { fitCharacters, splitWindow, tokensOf } from '../../core/budget-context.ts'
import { rankFiles } from '../../core/context.ts'
import { chooseFor, listFor } from '../../core/question.ts'
import { showLookups, type Lookup } from '../../core/research/lookups.ts'
import { holdsKey, mayBeRead } from '../../core/secret-files.ts'
import type { SourceFile, TierName } from '../../core/task.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { ApiServices } from '../services.ts'

/** What is known of a workspace before anybody is asked. */
export type Ground = {
  readonly tier: TierName
  readonly look: Look
  readonly question: string
  /** Tokens for what the model is told. */
  readonly room: number
  /** The names of its files, those that seem to matter first, and what of them was read. */
  readonly paths: readonly string[]
  readonly files: readonly SourceFile[]
  /** Files that this model must not see. */
  readonly kept: readonly string[]
}

/** Looks at a workspace for what seems to matter for a question. */
export async function groundOf(
  request: ChatRequest,
  workspace: string,
  services: ApiServices,
  client: AbortSignal,
): Promise<Ground> {
  const { models, workspaces } = services
  const look = await workspaces.look(workspace, client)
  const tier = models.tiers[0]!
  const room = await roomFor(request, tier, models, client)
  const question = questionOf(request)
  const kept = look.paths.filter((path) => isKept(path, services))
  const shown = look.paths.filter((path) => mayBeRead(path) && !isKept(path, services))
  const paths = rankFiles(shown, question, [])
  return { tier, look, question, room, paths, kept, files: await readSome(paths.slice(0, MOST_READ), look) }
}

/** Files read to see which of them matter, and how much of them altogether. */
export const MOST_READ = 400
const MOST_CHARACTERS = 4_000_000
/** Parts of the room that the list of files, and what was looked up, may take. */
const LIST_SHARE = 0.2
export const LOOKUP_SHARE = 0.4

/** What the model is told about the project, a part of the room left free, and which files it is shown in full. */
export function guideTo(
  { paths, files, question, room }: Ground,
  seen: readonly Lookup[],
  { prompts, limits }: ApiServices,
  free = 0,
): { readonly text: string; readonly whole: readonly string[] } {
  let whole: readonly string[] = []
  const text = fitCharacters(guideOf, limits.contextCharacters, room)
  return { text, whole }

  function guideOf(characters: number): string {
    const forLookups = seen.length === 0 ? 0 : characters * LOOKUP_SHARE
    const lookups = showLookups(seen, forLookups)
    const others = characters - Math.max(forLookups, characters * free)
    const list = listFor(paths, others * LIST_SHARE)
    const chosen = chooseFor(files, question, others - list.length)
    whole = chosen.whole
    const prompt = prompts.render('answer', { paths: list, sources: chosen.text, lookups })
    // one message, because many chat templates take instructions only there
    return prompt.messages
      .map(({ content }) => content)
      .join('\n\n')
      .trimEnd()
  }
}

/** Tokens that the model has left beside the client's own conversation and the answer; infinite where nobody knows. */
async function roomFor(
  { body, facts }: ChatRequest,
  tier: TierName,
  models: ApiServices['models'],
  client: AbortSignal,
): Promise<number> {
  const window = await models.windowOf?.(tier, client)
  if (!window || window.tokens === null) return Infinity
  const { prompt } = splitWindow(window.tokens, facts.maxTokens ?? USUAL_ANSWER)
  const own = body.messages.map(({ content }) => ({ content: JSON.stringify(content ?? '') }))
  return Math.floor(prompt / window.scale) - tokensOf(own)
}

const USUAL_ANSWER = 2_000

/** A private file is not for a model in the cloud. */
const isKept = (path: string, { privacy, models }: ApiServices): boolean =>
  privacy?.placeOf(models.tiers[0]!) === 'cloud' && privacy.isPrivate(path)

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
