import type { Entry } from '../core/event.ts'
import type { EndpointPlace } from '../core/privacy/policy-name.ts'
import { estimateTokens } from '../core/tokens.ts'
import type { TierName } from '../core/task.ts'
import type { Ledger, Spending } from './ledger.ts'

type Needs = {
  readonly ledger: Pick<Ledger, 'write'>
  readonly placeOf: (tier: TierName) => EndpointPlace
  /** Where a model answers that is nobody's of the swarm: one that sees or hears. */
  readonly placeOfSense: (model: string) => EndpointPlace
  readonly onTrouble: (error: unknown) => void
}

export type Books = Disposable & {
  /** A reader of stories. */
  readonly read: (entry: Entry) => void
  /** Told of what has no story. */
  readonly direct: (call: DirectCall) => void
}

/** A call on the direct path, whose answer goes by unread. */
export type DirectCall = {
  readonly tier: TierName
  readonly model: string
  readonly at: number
  readonly ms: number
  /** What was sent; null where it is no text. */
  readonly characters: number | null
  /** What its upstream said it took; null where that was not to be had. */
  readonly counted: {
    readonly promptTokens: number
    readonly completionTokens: number
    /** Absent: these are the upstream's own figures. */
    readonly estimated?: boolean
  } | null
}

/** So long, in milliseconds, what was spent waits to be written: a write for each would hold up the answers that pass by. */
const WRITTEN_EVERY_MS = 1_000
/** And so many at most. */
const MOST_WAITING = 1_000

/** Writes down what every call took: one more reader of the stories, and told of what has none. Never breaks either. */
export function createBookkeeper({ ledger, placeOf, placeOfSense, onTrouble }: Needs): Books {
  let inTrouble = false
  let waiting: Spending[] = []
  let timer: NodeJS.Timeout | null = null
  const write = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    const all = waiting
    waiting = []
    try {
      if (all.length > 0) ledger.write(all)
    } catch (error) {
      if (!inTrouble) onTrouble(error)
      inTrouble = true
    }
  }
  const note = (spending: Spending): void => {
    waiting.push(spending)
    if (waiting.length >= MOST_WAITING) return write()
    timer ??= setTimeout(write, WRITTEN_EVERY_MS).unref()
  }
  return {
    read({ taskId: task, at, event }: Entry): void {
      if (event.type === 'model_call_complete') {
        const { role: stage, tier, model, usage, latencyMs: ms } = event
        note({ at, task, stage, tier, model, place: placeOf(tier), ...tokensOf(usage), ms })
      }
      if (event.type === 'media_read') {
        const { kind: stage, model, usage, latencyMs: ms } = event
        note({ at, task, stage, tier: null, model, place: placeOfSense(model), ...tokensOf(usage), ms })
      }
      // who asks what a task took asks when it has ended
      if (event.type === 'task_complete' || event.type === 'task_abort') write()
    },
    direct({ tier, model, at, ms, characters, counted }: DirectCall): void {
      const promptTokens = characters === null ? 0 : estimateTokens(characters)
      const took = counted ?? { promptTokens, completionTokens: 0 }
      const call = { at, task: null, stage: 'direct', tier, model, place: placeOf(tier), ms }
      note({ ...call, ...tokensOf({ estimated: counted === null, ...took }) })
    },
    [Symbol.dispose]: write,
  }
}

const tokensOf = ({
  promptTokens,
  completionTokens,
  estimated,
}: Pick<Spending, 'promptTokens' | 'completionTokens' | 'estimated'>) => ({
  promptTokens,
  completionTokens,
  estimated,
})
