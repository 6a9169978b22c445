import { SwarmError } from '../core/errors.ts'
import type { SwarmEvent } from '../core/event.ts'
import { estimateTokens } from '../core/tokens.ts'
import { seedOf } from '../core/random.ts'
import type { Place, Role, TierName, Usage } from '../core/task.ts'
import type { ModelReply, Ports, Prompt, Stage } from './ports.ts'
import { shownTo } from './shown-to.ts'

/** Signs of life of one call are told at most this often. */
const DELTA_EVERY_MS = 500

export type Question = {
  readonly taskId: string
  readonly attempt: number
  readonly role: Role
  readonly place: Place
  readonly tier: TierName
  readonly prompt: Prompt
  /** Instead of the prompt's own, where seats differ. */
  readonly temperature?: number
  /** Which reply to the same question this is, from 1; 1 where nothing is said. */
  readonly sample?: number
  /** The only replies that mean anything. */
  readonly choices?: readonly string[]
}

/** Asks a model and tells the story of the call. Throws what the call throws. */
export async function* ask(question: Question, ports: Ports, signal: AbortSignal): Stage<ModelReply> {
  const { role, place, tier, prompt, attempt } = question
  const { sample = 1 } = question
  // the seed is made from it, so another sample is another throw of the dice
  const call = `${attempt}/${place.subtask}/${role}/${place.seat}${sample > 1 ? `/${sample}` : ''}`
  const model = ports.models.modelOf(tier)
  const temperature = question.temperature ?? prompt.temperature
  const seed = seedOf(question.taskId, call)
  yield { type: 'model_call_start', call, role, place, tier, model, temperature, seed }

  const { maxTokens, json } = prompt
  const { messages, leftOut, inside } = shownTo(tier, prompt.messages, ports.privacy)
  const withheld = (files: readonly string[], refused: boolean): SwarmEvent => {
    return { type: 'private_withheld', role, place, tier, model, files: [...files], refused }
  }
  if (leftOut.length > 0) yield withheld(leftOut, false)
  const choices = question.choices ?? null
  const form = {
    ...(prompt.schema && { schema: prompt.schema }),
    ...(prompt.tools && { tools: prompt.tools }),
  }
  const startedAt = ports.clock.now()
  const ended = (status: 'ok' | 'failed' | 'cancelled', usage: Usage, error: string | null, by = model) =>
    ({
      type: 'model_call_complete',
      call,
      role,
      place,
      tier,
      model: by,
      status,
      error,
      usage,
      latencyMs: Math.round(ports.clock.now() - startedAt),
    }) as const
  const stream = ports.models.call(
    { role, tier, messages, temperature, seed, maxTokens, json, choices, task: question.taskId, ...form },
    signal,
  )
  let characters = 0
  let toldAt = startedAt
  try {
    if (inside.length > 0) {
      yield withheld(inside, true)
      throw new SwarmError('forbidden', `${inside.join(', ')} must not be shown to ${model} in the cloud`)
    }
    for (;;) {
      const next = await stream.next()
      if (next.done) {
        yield ended('ok', next.value.usage, null, next.value.by)
        if (next.value.standIn) yield { type: 'stand_in', tier, ...next.value.standIn }
        if (next.value.cut) yield { type: 'prompt_cut', tier, model, ...next.value.cut }
        return next.value
      }
      characters = next.value
      if (ports.clock.now() - toldAt < DELTA_EVERY_MS) continue
      toldAt = ports.clock.now()
      yield { type: 'model_call_delta', call, role, place, characters }
    }
  } catch (error) {
    // what was spent before it broke is still spent; the upstream sends no count for it, so it is estimated
    const spent = estimate(messages, characters)
    const message = error instanceof Error ? error.message : String(error)
    yield ended(signal.aborted ? 'cancelled' : 'failed', spent, signal.aborted ? null : message)
    throw error
  } finally {
    await stream.return({ text: '', scores: null, finishReason: 'other', usage: NOTHING })
  }
}

export type Answer = { ok: true; reply: ModelReply } | { ok: false; error: SwarmError }

/** As `ask`, but a fault of the upstream is an answer too: for planners, voters and reviewers, whom a task can do without. */
export async function* tryAsk(question: Question, ports: Ports, signal: AbortSignal): Stage<Answer> {
  try {
    return { ok: true, reply: yield* ask(question, ports, signal) }
  } catch (error) {
    if (signal.aborted || !(error instanceof SwarmError)) throw error
    return { ok: false, error }
  }
}

const NOTHING: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, estimated: true }

const estimate = (messages: readonly { content: string }[], characters: number): Usage => ({
  promptTokens:
    characters === 0 ? 0 : estimateTokens(messages.reduce((sum, { content }) => sum + content.length, 0)),
  completionTokens: estimateTokens(characters),
  reasoningTokens: 0,
  estimated: true,
})
