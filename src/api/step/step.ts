import { randomUUID } from 'node:crypto'
import { readOffer, type Offer } from '../../core/tool-step/offer.ts'
import { samplingOf } from '../../core/tool-step/sampling.ts'
import { sizeOf, type Size } from '../../core/tool-step/tally.ts'
import type { TierName } from '../../core/task.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { ToolCall } from '../presentation.ts'
import type { ApiServices } from '../services.ts'

/** An agent's turn: one model, asked several times for the next call. */
export type Step = {
  /** No task's id begins like it, so that a later turn can tell its calls from those that hand over a change. */
  readonly id: string
  readonly offer: Offer
  readonly size: Size
  readonly tier: TierName
  readonly model: string
  /** The client's own request. */
  readonly asked: Readonly<Record<string, unknown>>
  readonly wish: ChatRequest['body']
  readonly promptCharacters: number
}

/** One of a step's samples, numbered from 0; `again`: the one before it was malformed. */
export type Seat = { readonly sample: number; readonly again: boolean }

/** Can this request be answered with a call? */
export const isStep = ({ tools, body }: ChatRequest): boolean => readOffer(tools, body) !== null

/** Makes a step of an agent's request, at the cheapest tier. */
export function newStep({ tools, body, effort, text }: ChatRequest, { models }: ApiServices): Step {
  const tier = models.tiers[0]!
  return {
    id: `step_${randomUUID().replaceAll('-', '')}`,
    offer: readOffer(tools, body) ?? { tools: [], mustCall: false, parallel: true },
    size: sizeOf(effort),
    tier,
    model: models.modelOf(tier),
    asked: JSON.parse(text),
    wish: body,
    promptCharacters: text.length,
  }
}

/** The client's request as a sample asks it: as a stream, which can be cancelled, and with its own settings. */
export function sampleBody({ asked, model, wish, id }: Step, seat: Seat): string {
  return JSON.stringify({
    ...asked,
    model,
    stream: true,
    stream_options: { ...wish.stream_options, include_usage: true },
    ...samplingOf(wish, { ...seat, step: id }),
  })
}

/** Names a step's calls; no other turn's have the same. */
export const nameCalls = ({ id }: Step, calls: readonly Omit<ToolCall, 'id'>[]): ToolCall[] =>
  calls.map((call, index) => ({ ...call, id: `call_${id}_${index}` }))
