import { differences } from '../../core/ballots/differences.ts'
import type { SwarmEvent } from '../../core/event.ts'
import { EXAM_PAIRS } from '../../core/exam-pairs/all-pairs.ts'
import { diffsOf, type ExamPair } from '../../core/exam-pairs/exam-pair.ts'
import { shuffle } from '../../core/random.ts'
import type { Ballot } from '../../core/task.ts'
import { learnBallots, standingOf, type Standing, type VoterRecord } from '../../core/voter-record.ts'
import { askedInPair, askVoter, randomOf, votersTier, type Booth } from './ballot.ts'
import type { Stage } from '../ports.ts'
import { race } from '../race.ts'

/** Pairs asked about at once; the tier's slots say how many of their ballots really run. */
const AT_ONCE = 4
/** So many calls without a reply say that the model cannot be reached, and nothing about how it votes. */
const SILENT_CALLS = 4

/** Where the ballots of an examination stand in the story. */
const SUBTASK = 'exam'

/** May the voter vote? Examines one that nothing is known of; says why one may not. */
export async function* admitVoter(setting: Booth, signal: AbortSignal): Stage<boolean> {
  const record = setting.ports.experience.voter(votersTier(setting))
  const standing = standingOf(record)
  if (standing.needsExam) return yield* examine(record, setting, signal)
  if (!standing.admitted) yield examined(record, standing, 0, setting)
  return standing.admitted
}

/** Asks about pairs whose right side is known, in both orders, until it is clear whether the voter is worth asking. */
async function* examine(before: VoterRecord, setting: Booth, signal: AbortSignal): Stage<boolean> {
  const { clock } = setting.ports
  const startedAt = clock.now()
  const pairs = shuffle(EXAM_PAIRS, randomOf(setting, SUBTASK, 'pairs'))
  let record = before
  let silent = 0
  for (let from = 0; from < pairs.length && silent < SILENT_CALLS; from += AT_ONCE) {
    const answers = yield* askAbout(pairs.slice(from, from + AT_ONCE), from, record, setting, signal)
    silent += answers.filter((answer) => answer === null).length
    record = learnBallots(record, ballotsIn(answers))
    if (!standingOf(record).needsExam) break
  }
  const standing = standingOf(record)
  const said = standing.needsExam ? { ...standing, reason: UNREACHABLE } : standing
  yield examined(record, said, Math.round(clock.now() - startedAt), setting)
  return standing.admitted
}

const UNREACHABLE = 'it could not be examined, because too many calls brought no reply'

async function* askAbout(
  pairs: readonly ExamPair[],
  from: number,
  record: VoterRecord,
  setting: Booth,
  signal: AbortSignal,
): Stage<(Ballot | null)[]> {
  const random = randomOf(setting, SUBTASK, `letters ${from}`)
  const ballots = pairs.flatMap((pair, index) => {
    const { request } = pair
    const matter = { request, subtask: request, options: differences(diffsOf(pair)) }
    return askedInPair(from + index, 0, SUBTASK, random).map((asked) => ({ matter, asked }))
  })
  return yield* race<SwarmEvent, Ballot | null>(
    ballots.map(
      ({ matter, asked }) =>
        async function* (signal: AbortSignal): Stage<Ballot | null> {
          return (yield* askVoter(matter, asked, setting, signal))?.ballot ?? null
        },
    ),
    (answers) => !standingOf(learnBallots(record, ballotsIn(answers))).needsExam,
    signal,
  )
}

const ballotsIn = (answers: readonly (Ballot | null)[]): Ballot[] =>
  answers.filter((answer) => answer !== null)

function examined(record: VoterRecord, standing: Standing, latencyMs: number, setting: Booth) {
  const tier = votersTier(setting)
  const { admitted, reason } = standing
  const model = setting.ports.models.modelOf(tier)
  return { type: 'voter_examined', tier, model, record, admitted, reason, latencyMs } as const
}
