import { sayOnTop } from './earlier-change.ts'
import { unreachable } from './errors.ts'
import { evidence } from './evidence.ts'
import { renderPart, words, type AnswerPart, type Rendering } from './forms/answer-part.ts'
import { DIFF_FORM } from './forms/diff-form.ts'
import { summarise } from './gates.ts'
import type { TaskState } from './state.ts'
import type { GateResult, Outcome, Proof, Strength } from './task.ts'
import { count, oneLine, sentenceEnd } from './wording.ts'

/** The final content: a sentence, the change in the form the reader takes it, and the line of evidence. */
export function answer(state: TaskState, seal: string | null, rendering: Rendering = DIFF_FORM): string {
  const parts = [...told(state), words(evidence(state, seal))]
  return parts.flatMap((part) => renderPart(part, rendering)).join('\n\n')
}

function told(state: TaskState): AnswerPart[] {
  const { outcome, status, reason } = state
  if (outcome) return [...outcomeParts(outcome), ...remarkParts(outcome), ...onTopParts(state)]
  const why = sentenceEnd(reason ?? 'no reason was given')
  if (status === 'cancelled') return [words(`The task was cancelled: ${why} Nothing was changed.`)]
  if (status === 'failed')
    return [words(`The task broke off, so there is no change to hand over. The reason: ${why}`)]
  return [words('The task is still running.')]
}

const remarkParts = (outcome: Outcome): AnswerPart[] =>
  outcome.kind === 'abstained' || outcome.remark === undefined ? [] : [words(outcome.remark)]

/** Where nothing is handed over, only that the earlier change was no part of it. */
function onTopParts({ onTop, outcome }: TaskState): AnswerPart[] {
  const isDelivered = outcome !== null && outcome.kind !== 'abstained' && outcome.patch.diff !== ''
  return onTop && (isDelivered || onTop.how === 'left-out') ? [words(sayOnTop(onTop))] : []
}

/** Whoever takes an earlier change back that the files never had leaves them as they are. */
const changeOf = ({ patch, files }: Exclude<Outcome, { kind: 'abstained' }>): AnswerPart =>
  patch.diff === ''
    ? words(
        'It takes back the earlier change. Your files never had that, so there is nothing to change in them.',
      )
    : { kind: 'change', diff: patch.diff, files }

function outcomeParts(outcome: Outcome): AnswerPart[] {
  switch (outcome.kind) {
    case 'verified':
      return [
        words([`This change passed ${passed(outcome.gates)}.`, ...whatElse(outcome.proof)].join(' ')),
        changeOf(outcome),
        ...besides(outcome.proof),
      ]
    case 'unverified':
      return [
        words(
          [
            `Unverified: ${sentenceEnd(outcome.reason)} ${provenOf(outcome.gates)}`,
            ...unreviewed(outcome.proof.review),
          ].join(' '),
        ),
        changeOf(outcome),
        ...besides(outcome.proof),
      ]
    case 'abstained':
      return abstention(outcome)
    default:
      return unreachable(outcome)
  }
}

/** What speaks for a change beyond its gates, and what does not. */
function whatElse({ agreement, strength, specTest, review }: Proof): string[] {
  const { agreeing } = agreement
  return [
    ...(agreeing > 1 ? [`${agreeing} coders agree on it.`] : []),
    ...(specTest ? ['A test written for the request failed before it and passes now.'] : []),
    ...(strength && strength.unmeasured === null ? [strengthSentence(strength)] : []),
    ...unreviewed(review),
  ]
}

/** Where a reviewer was asked and none answered. */
const unreviewed = ({ decision }: Proof['review']): string[] =>
  decision === 'unreadable' ? ['Nobody reviewed it: no reviewer gave a verdict.'] : []

function strengthSentence({ exercised, mutants, killed, survived }: Strength): string {
  if (exercised === false) return 'No test runs the lines it changes, so look at them yourself.'
  if (killed === mutants) return `The tests notice every one of ${count(mutants, 'fault')} put into it.`
  const missed = survived.length === 0 ? '' : `; not noticed: ${survived.join(', ')}`
  return `The tests notice ${killed} of ${count(mutants, 'fault')} put into it${missed}.`
}

/** What goes with a change without being part of it. */
function besides({ review: { advice }, specTest }: Proof): AnswerPart[] {
  return [
    ...(specTest
      ? [
          words(`The test of the request, if you want to keep it as \`${specTest.path}\`:`),
          { kind: 'test' as const, test: specTest },
        ]
      : []),
    ...(advice.length === 0
      ? []
      : [
          words(
            `The reviewer remarks, without anything that could be run to show it:\n${advice.map((claim) => `- ${oneLine(claim)}`).join('\n')}`,
          ),
        ]),
  ]
}

const provenOf = (gates: readonly GateResult[]): string =>
  gates.length === 0
    ? 'The patch applies; nothing more was proven.'
    : `The patch applies and passed ${passed(gates)}; nothing more was proven.`

const passed = (gates: readonly GateResult[]): string => {
  const names = gates.map(({ gate }) => gate)
  return names.length === 1
    ? `the project's own ${names[0]}`
    : `the project's own checks (${names.join(', ')})`
}

function abstention({ reason, best, notStarted }: Extract<Outcome, { kind: 'abstained' }>): AnswerPart[] {
  if (notStarted) return [words(reason)]
  const nothing = `Nothing passed, so there is no change to recommend: ${sentenceEnd(reason)}`
  if (best === null) return [words(nothing), words('No attempt came as far as a patch that applies.')]
  const failed = best.gates.filter(({ status }) => status === 'failed')
  const passedAll = failed.length === 0 && best.gates.length > 0
  const opening = passedAll ? `There is no change to recommend: ${sentenceEnd(reason)}` : nothing
  const why = failed.length === 0 ? best.why : failed.map((gate) => summarise(gate)).join('\n')
  const which = failed.map(({ gate }) => gate).join(', ')
  return [
    words(opening),
    words(`The closest attempt, not good as it stands${which && `; it fails ${which}`}:`),
    { kind: 'log', text: why },
    { kind: 'attempt', diff: best.patch.diff },
  ]
}
