import type { Counted } from '../../core/counted.ts'
import { costOf, type Spent } from '../../core/tool-step/cost.ts'
import { growText, NOTHING_HELD, type HeldText } from '../../core/tool-step/held-text.ts'
import type { Malformed, Vote } from '../../core/tool-step/read-sample.ts'
import { sayVote } from '../../core/tool-step/say-call.ts'
import { countOf, decide } from '../../core/tool-step/tally.ts'
import { onOneLine } from '../../core/one-line.ts'
import type { ToolCall } from '../presentation.ts'
import type { ApiServices } from '../services.ts'
import type { Bit } from './hear.ts'
import { contest, endSample, hearSample, openSample, type Ended, type Line } from './samples.ts'
import { nameCalls, type Step } from './step.ts'

/** What a client is told of a step, in this order: what happens, words, calls, and at the end what it took. */
export type Told =
  | { readonly kind: 'thought'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'calls'; readonly calls: readonly ToolCall[] }
  | { readonly kind: 'cost'; readonly cost: Counted }

type Telling = AsyncGenerator<Told, void, void>

/** A step, from its first sample on its way to its answer. */
export const tellStep = (step: Step, line: Line, services: ApiServices, signal: AbortSignal): Telling =>
  step.size.samples === 1 ? tellOne(step, line, services, signal) : tellVote(step, line, services, signal)

/** Several samples: the answer is the one that most of them want. */
async function* tellVote(step: Step, line: Line, services: ApiServices, signal: AbortSignal): Telling {
  const { samples, quorum } = step.size
  const ended: Ended[] = []
  yield thought(`asking ${step.model} up to ${samples} times; ${quorum} have to agree`)
  const told = contest(step, line, services, signal)
  let next = await told.next()
  for (; !next.done; next = await told.next()) {
    ended.push(next.value)
    yield thought(lineOf(next.value, ended, step))
  }
  const votes = votesOf(ended)
  const winner = decide(votes, 0, step.size)
  const won = winner && ended.find(({ reading, seat }) => isVote(reading) && seat.sample === winner.sample)
  if (won && isVote(won.reading)) {
    if (won.thoughts !== '') yield { kind: 'thought', text: `${won.thoughts.trimEnd()}\n` }
    yield* answer(won.reading, step)
  } else yield { kind: 'text', text: withoutAnswer(ended) }
  yield cost(step, [...ended.map(({ spent }) => spent), ...next.value])
}

/** One sample: its words are told as they come, its calls when they are complete and checked. */
async function* tellOne(step: Step, line: Line, services: ApiServices, signal: AbortSignal): Telling {
  const { ended, said } = yield* tellWords(hearSample(line.opened[0]!, step, signal))
  const all = [ended]
  if (!isVote(ended.reading)) yield thought(lineOf(ended, all, step))
  if (!isVote(ended.reading) && !ended.isFinal) {
    const again = openSample(step, { sample: 0, again: true }, null, services, signal)
    all.push(await endSample(again, step, signal))
  }
  const { reading } = all.at(-1)!
  const isShown = said.hasShown
  if (!isVote(reading)) yield { kind: 'text', text: (isShown ? '\n\n' : '') + withoutAnswer(all) }
  else if (reading !== ended.reading) yield* answer(reading, step, isShown)
  else if (reading.kind === 'words') yield { kind: 'text', text: said.rest }
  else yield { kind: 'calls', calls: nameCalls(step, reading.calls) }
  yield cost(
    step,
    all.map(({ spent }) => spent),
  )
}

async function* tellWords(
  bits: AsyncGenerator<Bit, Ended, void>,
): AsyncGenerator<Told, { ended: Ended; said: HeldText }, void> {
  let said = NOTHING_HELD
  for (;;) {
    const { done, value } = await bits.next()
    if (done) return { ended: value, said }
    if (value.thought !== '') yield { kind: 'thought', text: value.thought }
    said = growText(said, value.text)
    if (said.out !== '') yield { kind: 'text', text: said.out }
  }
}

/** `behind`: something was said already, which a call needs no second introduction to. */
function* answer(vote: Vote, step: Step, behind = false): Generator<Told, void, void> {
  const isTold = behind && vote.kind === 'calls'
  if (vote.text !== '' && !isTold) yield { kind: 'text', text: (behind ? '\n\n' : '') + vote.text }
  if (vote.kind === 'calls') yield { kind: 'calls', calls: nameCalls(step, vote.calls) }
}

const isVote = (reading: Vote | Malformed): reading is Vote => reading.kind !== 'malformed'

const votesOf = (ended: readonly Ended[]): { sample: number; key: string }[] =>
  ended.flatMap(({ seat, reading }) => (isVote(reading) ? [{ sample: seat.sample, key: reading.key }] : []))

function lineOf({ seat, reading, isFinal }: Ended, ended: readonly Ended[], { size }: Step): string {
  const name = `sample ${seat.sample + 1}`
  if (!isVote(reading))
    return `${name} is malformed: ${reading.why}${seat.again || isFinal ? '' : '; asking again'}`
  const votes = countOf(votesOf(ended), { sample: seat.sample, key: reading.key })
  return votes === 1
    ? `${name} wants ${sayVote(reading)}`
    : `${votes} of ${size.samples} agree on ${sayVote(reading)}`
}

const thought = (line: string): Told => ({ kind: 'thought', text: `${onOneLine(line, 300)}\n` })

const cost = ({ promptCharacters }: Step, spent: readonly Spent[]): Told => ({
  kind: 'cost',
  cost: costOf(spent, promptCharacters),
})

/** Where no sample was any good: the words of one that was cut off, or what happened. An agent stops at words. */
function withoutAnswer(ended: readonly Ended[]): string {
  const bad = ended.flatMap(({ reading }) => (isVote(reading) ? [] : [reading]))
  const cut = bad.find(({ text }) => text.trim() !== '')
  if (cut) return `${cut.text.trimEnd()}\n\n[The answer ends here: ${cut.why}.]`
  const whys = [...new Set(bad.map(({ why }) => why))].slice(0, 3).join('; ')
  return `The model gave no usable answer to this step, so nothing was called: ${whys}. Send the request again to try anew.`
}
