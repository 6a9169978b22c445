import { randomFrom, seedOf, type Random } from '../../core/random.ts'
import { pairOfPapers, readLetter, type Paper } from '../../core/ballots/letters.ts'
import type { ScoredBallot } from '../../core/ballots/pairs.ts'
import type { Ballot, Place, Subtask, TierName } from '../../core/task.ts'
import { tryAsk } from '../ask.ts'
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
export type Booth = Pick<Setting, 'ports' | 'task' | 'brief' | 'attempt'>

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

/** Voters are the routine work of the cheapest tier. */
export const votersTier = ({ ports }: Booth): TierName => ports.models.tiers[0]!

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
  const options = order.map(
    (choice, position) => `## Option ${letters[position]!}\n\n${matter.options[choice]!}`,
  )
  const prompt = ports.prompts.render('vote', {
    request: matter.request,
    subtask: matter.subtask,
    options: options.join('\n\n'),
    letters: letters.join(', '),
  })
  const answer = yield* tryAsk(
    {
      taskId: task.id,
      role: 'voter',
      place,
      tier: votersTier(setting),
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
