import type { ChatRequest } from '../chat-request.ts'
import type { ApiServices, Relayed } from '../services.ts'
import { answerTelling } from './render.ts'
import { beginLine, giveBackSlot, giveUp, openWaiting, type Line } from './samples.ts'
import { newStep, type Step } from './step.ts'
import { tellStep } from './tell.ts'

/** So long an upstream may take to refuse a request with its own status, which some agents act on; nobody waits longer. */
const REFUSES_WITHIN_MS = 4_000
/** Most refusals come at once; by waiting longer for one, an upstream that is slow to begin would be slow twice. */
const HEAD_START_MS = 250

/**
 * An agent's turn: the next call or the answer in words that samples agree on, in the form of a chat's answer. The first
 * sample goes ahead of the others, so that what the upstream refuses is refused once, with its own words.
 */
export async function askStep(
  request: ChatRequest,
  services: ApiServices,
  client: AbortSignal,
): Promise<Relayed> {
  const step = newStep(request, services)
  const line = beginLine(step, services, client)
  const refusal = await refusalOf(step, line, services, client)
  if (refusal) return refusal
  const source = (signal: AbortSignal) => tellStep(step, line, services, signal)
  return answerTelling(source, step.id, request, services, client, () => line.opened.forEach(giveUp))
}

/**
 * What the upstream says instead of an answer; null when it answers, or takes its time. Meanwhile the other samples set
 * out too.
 */
async function refusalOf(
  step: Step,
  { opened, waiting }: Line,
  services: ApiServices,
  client: AbortSignal,
): Promise<Relayed | null> {
  const over = new AbortController()
  const signal = AbortSignal.any([client, over.signal])
  const after = (ms: number): Promise<null> => {
    const passed = services.clock.sleep(ms, signal).then(() => null)
    // woken when the race is over
    passed.catch(() => {})
    return passed
  }
  const [first] = opened
  const [start, limit] = [after(HEAD_START_MS), after(REFUSES_WITHIN_MS)]
  try {
    const early = await Promise.race([first!.answer, start])
    if (early === null || early.status < 400)
      opened.push(...openWaiting(step, waiting, false, services, client))
    const answer = early ?? (await Promise.race([first!.answer, limit]))
    if (answer === null || answer.status < 400) return null
    opened.slice(1).forEach(giveUp)
    await giveBackSlot(first!)
    return answer
  } catch (error) {
    opened.forEach(giveUp)
    throw error
  } finally {
    over.abort()
  }
}
