import { randomFrom, seedOf, type Random } from '../../core/random.ts'
import { pairOfPapers, readLetter, type Paper } from '../../core/ballots/letters.ts'
import type { ScoredBallot } from '../../core/ballots/pairs.ts'
import type { Ballot, Place, Subtask, TierName } from '../../core/task.ts'
import { tryAsk } from '../ask.ts'
import { contextReady } from '../context-ready.ts'
import { fitPrompt, textPart, type Draft } from '../fit-prompt.ts'
import type { ModelReply, Stage } from '../ports.ts'
import type { Setting } from '../setting.ts'

/** What voters are asked about. */
export type Matter = {
  readonly request: string
  readonly subtask: string
  /** What each option changes, as a voter sees it. */
  readonly options: readonly string[]
}

/** What a vote needs of its setting. */
export type Booth = Pick<Setting, 'ports' | 'task' | 'brief' | 'attempt' | 'tier'>

export type Asked = Paper & {
  readonly place: Place
  readonly pair: number | null
  readonly truth: number | null
}

/**
 * In a pair, the letter the model finds most likely: what varies between pairs is their letters and order. Ballots that
 * stand alone are drawn at the prompt's own temperature, so that five are not one vote five times.
 */
const PAIR_TEMPERATURE = 0

/** Voters are the routine work of the cheapest tier, unless its model would have to be loaded for it. */
export const votersTier = ({ ports, tier }: Booth): TierName =>
  ports.limits.sequential && ports.privacy?.placeOf(tier) !== 'cloud' ? tier : ports.models.tiers[0]!

/** The same task, attempt and part always draw the same letters and orders. */
export const randomOf = ({ task, attempt }: Booth, subtask: string, what: string): Random =>
  randomFrom(seedOf(task.id, attempt, subtask, what))

export const matterOf = ({ brief }: Booth, { description }: Subtask, options: readonly string[]): Matter => ({
  request: brief.request,
  subtask: description,
  options,
})

/** Both ballots of a pair; no other pair of this part of the task has this number. */
export const askedInPair = (pair: number, truth: number | null, subtask: string, random: Random): Asked[] =>
  pairOfPapers(random).map((paper, index) => ({
    ...paper,
    place: { subtask, seat: pair * 2 + index + 1 },
    pair,
    truth,
  }))

/** Asks one voter. Null when no reply came: that is no ballot. */
export async function* askVoter(
  matter: Matter,
  asked: Asked,
  setting: Booth,
  signal: AbortSignal,
): Stage<ScoredBallot | null> {
  const { ports, task, attempt } = setting
  const { order, letters, place, pair } = asked
  const asker = { role: 'voter', place, tier: votersTier(setting) } as const
  const draft: Draft = {
    name: 'vote',
    fixed: { letters: letters.join(', ') },
    parts: [
      textPart('request', 'request', matter.request, 'both', 0.2),
      textPart('subtask', 'description of the part', matter.subtask, 'both', 0.1),
      // no option gets more room than another
      ...order.map((choice, position) => ({
        ...textPart('options', 'options', matter.options[choice]!, 'both', 0.7 / order.length),
        heading: `## Option ${letters[position]!}`,
      })),
    ],
  }
  const fitted = yield* fitPrompt(draft, asker, ports, signal)
  yield contextReady(asker, fitted, ports)
  const prompt = fitted()
  const answer = yield* tryAsk(
    {
      ...asker,
      taskId: task.id,
      attempt,
      prompt,
      choices: letters,
      ...(pair === null ? {} : { temperature: PAIR_TEMPERATURE }),
    },
    ports,
    signal,
  )
  if (!answer.ok) return null
  return { ballot: ballotOf(answer.reply, asked), scores: scoresOf(answer.reply, asked) }
}

function ballotOf({ text }: ModelReply, { order, letters, place, pair, truth }: Asked): Ballot {
  const position = readLetter(text, letters)
  const choice = position === null ? null : order[position]!
  return { voter: place.seat, choice, reply: text.trim().slice(0, 40), position, pair, truth }
}

/** By option, however the ballot showed them. */
function scoresOf({ scores }: ModelReply, { order, letters }: Asked): number[] | null {
  if (scores === null) return null
  const byOption = order.map((_, option) => scores[letters[order.indexOf(option)]!])
  return byOption.every((score) => score !== undefined) ? byOption : null
}

/** As `askVoter`, and the story is told of the ballot. */
export async function* castBallot(
  matter: Matter,
  asked: Asked,
  runOff: boolean,
  setting: Booth,
  signal: AbortSignal,
): Stage<ScoredBallot | null> {
  const cast = yield* askVoter(matter, asked, setting, signal)
  if (cast) yield { type: 'ballot_cast', subtask: asked.place.subtask, ballot: cast.ballot, runOff }
  return cast
}
