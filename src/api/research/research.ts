import { abortable } from '../../abortable.ts'
import type { ModelReply, ModelRequest, Models } from '../../cascade/ports.ts'
import { SwarmError } from '../../core/errors.ts'
import { seedOf } from '../../core/random.ts'
import { callForm, describeTools, readCalls, sayCalls, type Call } from '../../core/research/calls.ts'
import { showLookups, type Lookup } from '../../core/research/lookups.ts'
import { holdsKey } from '../../core/secret-files.ts'
import type { TierName, Usage } from '../../core/task.ts'
import type { ToolCard } from '../../core/tools/tool-card.ts'
import type { ApiServices } from '../services.ts'

/** A question about a workspace, and what its model is told before it is asked what else it wants to see. */
export type Inquiry = {
  readonly tier: TierName
  readonly workspace: string
  readonly question: string
  readonly guide: string
  /** Characters for what is looked up. */
  readonly room: number
  /** Files that must not be shown to this model. */
  readonly kept: readonly string[]
  readonly rounds: number
  /** Is told what each call of the model took. */
  readonly spend: (usage: Usage) => void
}

/** So long a model may think about what it wants to see, a wait for its first token included. */
const ASK_WITHIN_MS = 45_000
/** So long one of its calls may take. */
const LOOK_WITHIN_MS = 8_000

/**
 * What the model wants to see first; nothing where it says so, says it in no form, fails, or takes too long, and where
 * it has no slot free: an answer does not wait for other work so that it can be better.
 */
export async function firstCalls(
  inquiry: Inquiry,
  services: ApiServices,
  signal: AbortSignal,
): Promise<Call[]> {
  return inquiry.rounds === 0 ? [] : nextCalls(inquiry, [], services, signal)
}

/** Looks up what was asked for, and what is then still asked for; tells what it looks at, and returns what it saw. */
export async function* lookUp(
  inquiry: Inquiry,
  first: readonly Call[],
  services: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<string, Lookup[], void> {
  const seen: Lookup[] = []
  let calls = first
  for (let round = 1; calls.length > 0; round += 1) {
    yield sayCalls(calls)
    seen.push(...(await Promise.all(calls.map((call) => answerTo(call, inquiry, services, signal)))))
    const asked = round < inquiry.rounds ? await nextCalls(inquiry, seen, services, signal) : []
    calls = asked.filter((call) => !seen.some((one) => JSON.stringify(one.call) === JSON.stringify(call)))
  }
  return seen
}

async function nextCalls(
  inquiry: Inquiry,
  seen: readonly Lookup[],
  services: ApiServices,
  signal: AbortSignal,
): Promise<Call[]> {
  const { models } = services
  const cards = toolsFor(inquiry, services)
  const slot = cards.length === 0 ? null : services.freeSlot(inquiry.tier, signal)
  if (slot === null || !models.call) return []
  const free = await slot
  free[Symbol.dispose]()
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)])
  try {
    const { text, usage } = await replyOf(models.call(requestFor(inquiry, seen, cards, services), limit))
    inquiry.spend(usage)
    return readCalls(text, cards)
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted || error instanceof SwarmError) return []
    throw error
  }
}

/** What is gone from the working tree still stands in its history, where nobody says whether it is private. */
const toolsFor = ({ tier }: Inquiry, { tools, privacy }: ApiServices): ToolCard[] =>
  tools.cards.filter(
    ({ name, onlyReads }) => onlyReads && !(name === 'git_diff' && privacy?.placeOf(tier) === 'cloud'),
  )

function requestFor(
  { tier, question, guide, room }: Inquiry,
  seen: readonly Lookup[],
  cards: readonly ToolCard[],
  { prompts }: ApiServices,
): ModelRequest {
  const values = { question, tools: describeTools(cards), lookups: showLookups(seen, room) }
  const { messages, temperature, maxTokens, json } = prompts.render('research', values)
  // the answer's prompt begins with the same words, which a server has then read already
  const [system, user] = messages.map(({ content }) => content)
  return {
    role: 'chat',
    tier,
    messages: [
      { role: 'system', content: `${guide}\n\n${system ?? ''}` },
      { role: 'user', content: (user ?? '').trim() },
    ],
    temperature,
    seed: seedOf(question, seen.length),
    maxTokens,
    json,
    schema: callForm(cards),
    choices: null,
  }
}

async function replyOf(call: ReturnType<Models['call']>): Promise<ModelReply> {
  for (;;) {
    const step = await call.next()
    if (step.done) return step.value
  }
}

/** What a tool says; a fault of the call's is an answer, too. */
async function answerTo(
  call: Call,
  inquiry: Inquiry,
  { tools }: ApiServices,
  signal: AbortSignal,
): Promise<Lookup> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_WITHIN_MS)])
  try {
    const input = { ...call.arguments, workspace: inquiry.workspace }
    // not every tool heeds a signal while it works
    const { text } = await abortable(tools.call(call.tool, input, limit), limit)
    return {
      call,
      text: mayBeShown(call, text, inquiry.kept) ? text : 'not shown: a private file is part of it',
    }
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) return { call, text: 'this took too long' }
    if (error instanceof SwarmError) return { call, text: error.message }
    throw error
  }
}

/** Every tool names the files that it speaks of, but the one that was told which file to read. */
const mayBeShown = (call: Call, text: string, kept: readonly string[]): boolean =>
  !holdsKey(text) &&
  !kept.some((path) => text.includes(path) || JSON.stringify(call.arguments).includes(path))
