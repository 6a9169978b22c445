import { differences } from '../../src/core/ballots/differences.ts'
import { EXAM_PAIRS } from '../../src/core/exam-pairs/all-pairs.ts'
import { diffsOf } from '../../src/core/exam-pairs/exam-pair.ts'
import { pick, type Tape } from './tape.ts'
import type { World } from './world.ts'

/** What a model says; `cut` where the output limit ended it. */
export type Reply = { readonly text: string; readonly cut: boolean }

const whole = (text: string): Reply => ({ text, cut: false })

type WrongTest = 'blind' | 'misread' | 'broken'
const WRONG_TESTS: readonly WrongTest[] = ['blind', 'misread', 'broken']

/** Is the test of the request a sound one, and if not, what is wrong with it? */
export function testKind(call: string, tape: Tape, { tester }: World): 'sound' | WrongTest {
  if (tape.chance('tester', call) < tester.right) return 'sound'
  return WRONG_TESTS[pick([0.5, 0.25, 0.25], tape.chance('wrong test', call))]!
}

/** A change under review. */
export type Subject = {
  readonly isRight: boolean
  readonly name: string
  readonly file: string
  testOf(test: 'shows' | 'blind' | 'demanding'): string
}

/** Of the objections to what is right, those whose test asks for more than the request; the others' tests show nothing. */
const ASKS_TOO_MUCH = 0.3

/** A verdict that depends on the change and the call only. */
export function reviewReply(subject: Subject, call: string, tape: Tape, { reviewer }: World): Reply {
  const { isRight, name, file } = subject
  const { approvesRight, approvesWrong, checks } = reviewer
  if (tape.chance('approves', call, name) < (isRight ? approvesRight : approvesWrong))
    return whole(JSON.stringify({ decision: 'approve', requirements: [], objections: [] }))
  const demanding = tape.chance('asks too much', call, name) < ASKS_TOO_MUCH
  const content = subject.testOf(isRight ? (demanding ? 'demanding' : 'blind') : 'shows')
  const path = `test/objection-${call.replaceAll(/\W/g, '-')}.test.ts`
  const check = tape.chance('checks', call, name) < checks ? { path, content } : null
  const claim = `${name} does not do what was asked for`
  const objections = [{ kind: 'bug', file, line: 3, claim, check }]
  return whole(JSON.stringify({ decision: 'reject', requirements: [], objections }))
}

/** A voter's letter: for what comes first, for a right option where it can tell, or for another. */
export function voteReply(
  prompt: string,
  call: string,
  isRight: (option: string) => boolean,
  tape: Tape,
  { voter }: World,
): Reply {
  const options = [...prompt.matchAll(/^## Option ([A-Z])\n\n([\s\S]*?)(?=^## Option |^Which option)/gm)]
  const read = options.map(([, letter, text]) => ({ letter: letter!, right: isRight(text!.trim()) }))
  const [right, wrong] = [read.filter(({ right }) => right), read.filter(({ right }) => !right)]
  if (tape.chance('invalid', call) < voter.invalid) return whole('Both are fine.')
  if (tape.chance('first', call) < voter.first) return whole(read[0]!.letter)
  const sees = tape.chance('sees', call) < voter.q
  const from = right.length > 0 && wrong.length > 0 ? (sees ? right : wrong) : read
  return whole(from[Math.floor(tape.chance('which', call) * from.length)]!.letter)
}

/** Options of the pairs that voters are examined with, as a ballot shows them. */
const EXAM_RIGHT = new Set(EXAM_PAIRS.map((pair) => differences(diffsOf(pair))[0]!.trim()))

/** Is this option the right one of a pair of the examination? */
export const isRightInExam = (option: string): boolean => EXAM_RIGHT.has(option)

/** Lines a diff adds, without their mark. */
export const addedIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => (/^\+(?!\+\+ )/.test(line) ? [line.slice(1)] : []))
