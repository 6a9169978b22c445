import { SwarmError } from '../../core/errors.ts'
import type { Spent } from '../../core/tool-step/cost.ts'
import { readSample, type Malformed, type Vote } from '../../core/tool-step/read-sample.ts'
import { decide } from '../../core/tool-step/tally.ts'
import type { ApiServices, Relayed } from '../services.ts'
import { hear, type Bit, type Sample } from './hear.ts'
import { sampleBody, type Seat, type Step } from './step.ts'

/** A sample on its way to an upstream. */
export type Opening = {
  readonly seat: Seat
  readonly slot: Promise<Disposable> | null
  readonly answer: Promise<Relayed>
  readonly leave: AbortController
  /** Characters that came so far. */
  readonly heard: { said: number; thought: number }
}

/** A sample that came to its end. */
export type Ended = {
  readonly seat: Seat
  readonly reading: Vote | Malformed
  readonly thoughts: string
  readonly spent: Spent
  /** Another try would be refused like it. */
  readonly isFinal: boolean
}

/** Samples of a step: those on their way, and those that wait for a slot. */
export type Line = { readonly opened: Opening[]; readonly waiting: Seat[] }

/** A line whose first sample is on its way. */
export function beginLine(step: Step, services: ApiServices, signal: AbortSignal): Line {
  const [first, ...waiting] = Array.from({ length: step.size.samples }, (_, sample) => ({
    sample,
    again: false,
  }))
  const slot = services.freeSlot(step.tier, signal)
  return { opened: [openSample(step, first!, slot, services, signal)], waiting }
}

/** Sends a sample, whether or not a slot is free: `slot` is the one it has. */
export function openSample(
  step: Step,
  seat: Seat,
  slot: Promise<Disposable> | null,
  { relay }: ApiServices,
  signal: AbortSignal,
): Opening {
  const leave = new AbortController()
  const answer = relay.open(step.tier, sampleBody(step, seat), AbortSignal.any([signal, leave.signal]))
  // whoever waits for it gets the rejection
  answer.catch(() => {})
  return { seat, slot, answer, leave, heard: { said: 0, thought: 0 } }
}

/** Sends those that wait, as far as slots are free; where nothing is under way, one without. */
export function openWaiting(
  step: Step,
  waiting: Seat[],
  isIdle: boolean,
  services: ApiServices,
  signal: AbortSignal,
): Opening[] {
  const opened: Opening[] = []
  while (waiting.length > 0) {
    const slot = services.freeSlot(step.tier, signal)
    if (slot === null && !(isIdle && opened.length === 0)) break
    opened.push(openSample(step, waiting.shift()!, slot, services, signal))
  }
  return opened
}

/** Gives a sample up that nobody may have begun to read. */
export function giveUp(opening: Opening): void {
  opening.leave.abort(new SwarmError('cancelled', 'nobody wants this sample any more'))
  void giveBackSlot(opening)
}

/** Does nothing the second time. */
export async function giveBackSlot({ slot }: Opening): Promise<void> {
  const taken = await slot?.catch(() => null)
  taken?.[Symbol.dispose]()
}

/**
 * A sample's words as they come, and at its end what it votes for. An upstream that refuses or breaks off costs a vote
 * and no more; only an abort throws.
 */
export async function* hearSample(
  opening: Opening,
  { offer }: Step,
  signal: AbortSignal,
): AsyncGenerator<Bit, Ended, void> {
  const { seat } = opening
  const cancel = (): void => giveUp(opening)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    signal.throwIfAborted()
    const answer = await answerOf(opening, signal)
    if (typeof answer === 'string') return lost(seat, answer)
    const { heard, thoughts, spent } = yield* metered(hear(answer, signal), opening.heard)
    return { seat, thoughts, spent, reading: readSample(heard, offer), isFinal: false }
  } finally {
    signal.removeEventListener('abort', cancel)
    giveUp(opening)
  }
}

async function* metered(
  bits: AsyncGenerator<Bit, Sample, void>,
  heard: Opening['heard'],
): AsyncGenerator<Bit, Sample, void> {
  for (;;) {
    const { done, value } = await bits.next()
    if (done) return value
    heard.said += value.text.length + value.call
    heard.thought += value.thought.length
    yield value
  }
}

/** The answer once it begins, or why there is none. */
async function answerOf({ answer }: Opening, signal: AbortSignal): Promise<Relayed | string> {
  try {
    const relayed = await answer
    if (relayed.status < 400) return relayed
    await relayed.body.cancel()
    return `the upstream answered ${relayed.status}`
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SwarmError) return error.message
    throw error
  }
}

const lost = (seat: Seat, why: string): Ended => ({
  seat,
  reading: { kind: 'malformed', why, text: '' },
  thoughts: '',
  // what was refused is not paid for
  spent: { counted: { prompt: 0, cached: 0, completion: 0, reasoning: 0 }, said: 0, thought: 0 },
  isFinal: true,
})

/** The same where nobody listens. */
export async function endSample(opening: Opening, step: Step, signal: AbortSignal): Promise<Ended> {
  const told = hearSample(opening, step, signal)
  for (;;) {
    const { done, value } = await told.next()
    if (done) return value
  }
}

/** After the first vote the others have this long, and as often as long as it took. */
const PATIENCE_MS = 10_000
const PATIENCE_TIMES = 4

/**
 * Samples side by side, as many at once as there are free slots and always one: a turn waits behind no swarm. Ends when
 * more votes could not change the answer, or when those that are missing take far longer than the first; the rest are
 * cancelled. A malformed sample is asked once more. Returns what was heard of the cancelled ones.
 */
export async function* contest(
  step: Step,
  { opened, waiting }: Line,
  services: ApiServices,
  signal: AbortSignal,
): AsyncGenerator<Ended, Spent[], void> {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const startedAt = services.clock.now()
  const running = new Map<Seat, { opening: Opening; ending: Promise<Ended> }>()
  const votes: { sample: number; key: string }[] = []
  let patience: Promise<null> | null = null
  const run = (opening: Opening): void => {
    const ending = endSample(opening, step, either)
    ending.catch(() => {})
    running.set(opening.seat, { opening, ending })
  }

  try {
    opened.forEach(run)
    for (;;) {
      openWaiting(step, waiting, running.size === 0, services, either).forEach(run)
      if (running.size === 0) return []
      const endings = Array.from(running.values(), ({ ending }) => ending)
      const ended = await Promise.race(patience ? [...endings, patience] : endings)
      if (ended === null) return cancelled()
      running.delete(ended.seat)
      if (ended.reading.kind !== 'malformed')
        votes.push({ sample: ended.seat.sample, key: ended.reading.key })
      else if (!ended.seat.again && !ended.isFinal) waiting.push({ sample: ended.seat.sample, again: true })
      const isDecided = decide(votes, running.size + waiting.length, step.size) !== null
      if (isDecided) over.abort(new Error('decided'))
      else if (votes.length > 0) patience ??= wait(services.clock.now() - startedAt)
      yield ended
      if (isDecided) return cancelled()
    }
  } finally {
    over.abort(new Error('over'))
    await Promise.allSettled(Array.from(running.values(), ({ ending }) => ending))
  }

  function cancelled(): Spent[] {
    return Array.from(running.values(), ({ opening: { heard } }) => ({ counted: null, ...heard }))
  }

  async function wait(tookMs: number): Promise<null> {
    // cancelled when the contest is over, and then nobody asks
    await services.clock.sleep(PATIENCE_MS + PATIENCE_TIMES * tookMs, either).catch(() => {})
    return null
  }
}
