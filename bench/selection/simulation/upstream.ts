import type { Clock } from '../../../src/cascade/ports.ts'
import type { Role, TierName, Usage } from '../../../src/core/task.ts'
import { createSlots, type Slots } from '../../../src/slots.ts'
import type { Tape } from '../tape.ts'

/** Seconds of a coder's call by tier, and what other roles take of that. Medians; single calls are spread around them. */
const CODER_SECONDS: Readonly<Record<TierName, number>> = { fast: 12, deep: 25, reviewer: 30, cloud: 20 }
const SHARE: Readonly<Record<Role, number>> = {
  chat: 1,
  planner: 0.3,
  coder: 1,
  tester: 0.6,
  voter: 0.07,
  reviewer: 0.35,
}
const REPLY_TOKENS: Readonly<Record<Role, number>> = {
  chat: 300,
  planner: 150,
  coder: 600,
  tester: 350,
  voter: 1,
  reviewer: 400,
}
/** Of a call's time, the part before its first token. */
const BEFORE_FIRST = 0.2
const SLOTS: Readonly<Record<TierName, number>> = { fast: 4, deep: 1, reviewer: 2, cloud: 1 }

/** What was asked of the models: calls that reached one, and those that were not cancelled. */
export type Spending = {
  readonly sent: Record<Role, number>
  readonly answered: Record<Role, number>
  tokens: number
}

/** The models' machines: slots, seconds and tokens, without anything being said. */
export function createUpstream(tape: Tape, clock: Clock) {
  const slots: Readonly<Record<TierName, Slots>> = {
    fast: createSlots(SLOTS.fast),
    deep: createSlots(SLOTS.deep),
    reviewer: createSlots(SLOTS.reviewer),
    cloud: createSlots(SLOTS.cloud),
  }
  const spending: Spending = { sent: noCalls(), answered: noCalls(), tokens: 0 }

  /** One call: waits for a slot, then as long as the model thinks and writes. Yields characters, as a stream does. */
  async function* busy(
    call: { role: Role; tier: TierName; key: string; promptCharacters: number },
    signal: AbortSignal,
  ): AsyncGenerator<number, Usage, void> {
    const { role, tier, key } = call
    using held = new DisposableStack()
    held.use(await slots[tier].take(signal))
    spending.sent[role] += 1
    const promptTokens = Math.ceil(call.promptCharacters / 3.5)
    const completionTokens = Math.ceil(REPLY_TOKENS[role] * spread(tape.chance('tokens', tier, key)))
    spending.tokens += promptTokens
    const ms = 1_000 * CODER_SECONDS[tier] * SHARE[role] * spread(tape.chance('seconds', tier, key))
    const startedAt = clock.now()
    let isDone = false
    try {
      await clock.sleep(ms * BEFORE_FIRST, signal)
      yield 1
      await clock.sleep(ms * (1 - BEFORE_FIRST), signal)
      isDone = true
    } finally {
      const written = Math.max(0, (clock.now() - startedAt) / ms - BEFORE_FIRST) / (1 - BEFORE_FIRST)
      spending.tokens += Math.round(completionTokens * (isDone ? 1 : Math.min(1, written)))
    }
    spending.answered[role] += 1
    return { promptTokens, completionTokens, reasoningTokens: 0, estimated: false }
  }
  return { busy, spending }
}

const noCalls = (): Record<Role, number> => ({
  chat: 0,
  planner: 0,
  coder: 0,
  tester: 0,
  voter: 0,
  reviewer: 0,
})

/** From half to double, the middle most often. */
const spread = (chance: number): number => 2 ** (Math.asin(2 * chance - 1) / (Math.PI / 2))
