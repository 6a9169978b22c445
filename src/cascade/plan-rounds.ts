import type { SwarmEvent } from '../core/event.ts'
import { planOrQuestionsForm, schemaOf } from '../core/json-form.ts'
import { holdsPlan } from '../core/plan.ts'
import { readQuestions } from '../core/plan-questions.ts'
import { wantsOfCalls, wantsOfQuestions, type Wants } from '../core/plan-wants.ts'
import { keyOf, offerOf, readNativeCalls, type ReadCalls } from '../core/research/native-calls.ts'
import type { OfferedTool } from '../core/offered-tool.ts'
import { readSpoken } from '../core/tool-step/spoken-calls.ts'
import { withoutThoughts } from '../core/thoughts.ts'
import type { ToolCard } from '../core/tools/tool-card.ts'
import { tryAsk, type Answer } from './ask.ts'
import { contextReady } from './context-ready.ts'
import { fitPrompt, type Asker, type Draft } from './fit-prompt.ts'
import { answerWants, bothFindings, findingsParts, NOTHING_FOUND, type Findings } from './plan-answers.ts'
import { toolsOfPlanner } from './plan-tools.ts'
import type { ModelReply, Stage } from './ports.ts'
import type { Setting } from './setting.ts'

/** So often a model may call tools before it has to plan. */
const ROUNDS = 2

/**
 * What the planner answers, once it has seen what it wanted to see: by calls where its model takes tools, else by one
 * round of questions in writing.
 */
export async function* askPlanner(
  draft: Draft,
  asker: Asker,
  setting: Setting,
  signal: AbortSignal,
): Stage<Answer> {
  const cards = await toolsOfPlanner(asker.tier, setting, signal)
  const table: Table = { draft, asker, setting, asked: 0 }
  return cards.length === 0 ? yield* inWriting(table, signal) : yield* byCalls(cards, table, signal)
}

/** `asked` counts the calls of the model, so that each is another sample. */
type Table = { readonly draft: Draft; readonly asker: Asker; readonly setting: Setting; asked: number }

/** It may ask instead of planning, once. */
async function* inWriting(table: Table, signal: AbortSignal): Stage<Answer> {
  const first = yield* askOnce(table, NOTHING_FOUND, { form: 'questions' }, signal)
  const questions = first.ok ? readQuestions(first.reply.text) : null
  if (!questions) return first
  const found = yield* lookFor(wantsOfQuestions(questions), WHOLE, table, signal)
  return yield* askOnce(table, found, { form: 'plan' }, signal)
}

/** It may call tools, and is asked for the plan without any once its rounds are over. */
async function* byCalls(cards: readonly ToolCard[], table: Table, signal: AbortSignal): Stage<Answer> {
  const tools = offerOf(cards)
  const made = new Set<string>()
  let found = NOTHING_FOUND
  for (let round = 1; round <= ROUNDS; round += 1) {
    const answer = yield* askOnce(table, found, { form: 'questions', tools }, signal)
    if (!answer.ok) return answer
    const { text, toolless } = answer.reply
    if (toolless !== undefined) yield withdraw(toolless, table)
    const calls = newCalls(callsOf(answer.reply, tools, cards), made)
    const wants = calls ? wantsOfCalls(calls) : questionsIn(text)
    if (wants) found = bothFindings(found, yield* lookFor(wants, WHOLE / ROUNDS, table, signal))
    else if (holdsPlan(text) || toolless !== undefined) return answer
    else if (round === 1) {
      yield withdraw('it answered with neither a call nor a plan', table)
      return yield* inWriting(table, signal)
    }
    // who was asked in writing, or has nothing new to ask, plans now
    if (!calls) break
  }
  return yield* askOnce(table, found, { form: 'plan' }, signal)
}

/** Of the characters for project files, what may be shown on a planner's wish. */
const WHOLE = 1 / 2

/** Null where it calls nothing. */
function callsOf(
  { text, calls = [] }: ModelReply,
  tools: readonly OfferedTool[],
  cards: readonly ToolCard[],
): ReadCalls | null {
  if (calls.length > 0) return readNativeCalls(calls, cards)
  // a server that does not know how its model writes calls leaves them in the text
  const spoken = readSpoken(withoutThoughts(text), { tools, mustCall: false, parallel: true })
  return spoken.kind === 'calls' ? readNativeCalls(spoken.calls, cards) : null
}

/** Without those that were made before; null where nothing is left. */
function newCalls(read: ReadCalls | null, made: Set<string>): ReadCalls | null {
  const calls = read?.calls.filter((call) => !made.has(keyOf(call))) ?? []
  for (const call of calls) made.add(keyOf(call))
  return read && calls.length + read.wrong.length > 0 ? { ...read, calls } : null
}

function questionsIn(text: string): Wants | null {
  const questions = readQuestions(text)
  return questions && wantsOfQuestions(questions)
}

function withdraw(reason: string, { asker: { tier }, setting }: Table): SwarmEvent {
  setting.toolless.add(tier)
  return { type: 'tools_withdrawn', tier, model: setting.ports.models.modelOf(tier), reason }
}

/** Looks it up, and tells what the planner has looked at. */
async function* lookFor(
  wants: Wants,
  share: number,
  { asker: { tier }, setting }: Table,
  signal: AbortSignal,
): Stage<Findings> {
  const { limits, privacy } = setting.ports
  const found = await answerWants(wants, limits.contextCharacters * share, tier, setting, signal)
  // what is private is cut out of the prompt on its way to the cloud
  const isHidden = (path: string): boolean => privacy?.placeOf(tier) === 'cloud' && privacy.isPrivate(path)
  const { files, names, searches } = found.seen
  yield {
    type: 'planner_looked',
    by: wants.by,
    files: files.filter((path) => !isHidden(path)),
    names: [...names],
    searches: [...searches],
    unanswered: found.missing.length,
  }
  return found
}

type Wish = { readonly form: 'plan' | 'questions'; readonly tools?: readonly OfferedTool[] }

/** One call, with what was found so far; for that, everything else does with less room. */
async function* askOnce(
  table: Table,
  found: Findings,
  { form, tools }: Wish,
  signal: AbortSignal,
): Stage<Answer> {
  const { draft, asker, setting } = table
  const { task, attempt, ports } = setting
  const isFirst = found === NOTHING_FOUND
  const answers = isFirst ? [] : findingsParts(found, tools ? 'look-or-plan' : 'plan')
  const taken = answers.reduce((sum, { share }) => sum + share, 0)
  const smaller = draft.parts.map((part) => ({ ...part, share: part.share * (1 - taken) }))
  const parts = [...smaller, ...answers]
  const fitted = yield* fitPrompt({ ...draft, parts, ...(tools && { tools }) }, asker, ports, signal)
  yield contextReady(asker, fitted, ports)
  const prompt = form === 'questions' ? { ...fitted(), schema: schemaOf(planOrQuestionsForm) } : fitted()
  table.asked += 1
  const question = { ...asker, taskId: task.id, attempt, sample: table.asked, prompt }
  return yield* tryAsk(question, ports, signal)
}
