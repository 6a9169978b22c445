import { unreachable } from './errors.ts'
import { evidence } from './evidence.ts'
import { summarise } from './gates.ts'
import type { TaskState } from './state.ts'
import type { GateResult, Outcome, Proof, Strength } from './task.ts'
import { count, oneLine, sentenceEnd } from './wording.ts'

/** The final content: a sentence, the diff as `git apply` takes it, and the line of evidence. */
export function answer(state: TaskState, seal: string | null): string {
  return [...told(state), evidence(state, seal)].join('\n\n')
}

function told(state: TaskState): string[] {
  const { outcome, status, reason } = state
  if (outcome) return outcomeParts(outcome)
  const why = sentenceEnd(reason ?? 'no reason was given')
  if (status === 'cancelled') return [`The task was cancelled: ${why} Nothing was changed.`]
  if (status === 'failed')
    return [`The task broke off, so there is no change to hand over. The reason: ${why}`]
  return [`The task is still running.`]
}

function outcomeParts(outcome: Outcome): string[] {
  switch (outcome.kind) {
    case 'verified':
      return [
        [`This change passed ${passed(outcome.gates)}.`, ...whatElse(outcome.proof)].join(' '),
        ...diffParts(outcome.patch.diff),
        ...besides(outcome.proof),
      ]
    case 'unverified':
      return [
        `Unverified: ${sentenceEnd(outcome.reason)} ${provenOf(outcome.gates)}`,
        ...diffParts(outcome.patch.diff),
        ...besides(outcome.proof),
      ]
    case 'abstained':
      return abstention(outcome)
    default:
      return unreachable(outcome)
  }
}

/** What speaks for a change beyond its gates, and what does not. */
function whatElse({ agreement, strength, specTest }: Proof): string[] {
  const { agreeing } = agreement
  return [
    ...(agreeing > 1 ? [`${agreeing} coders agree on it.`] : []),
    ...(specTest ? ['A test written for the request failed before it and passes now.'] : []),
    ...(strength && strength.unmeasured === null ? [strengthSentence(strength)] : []),
  ]
}

function strengthSentence({ exercised, mutants, killed, survived }: Strength): string {
  if (exercised === false) return 'No test runs the lines it changes, so look at them yourself.'
  if (killed === mutants) return `The tests notice every one of ${count(mutants, 'fault')} put into it.`
  const missed = survived.length === 0 ? '' : `; not noticed: ${survived.join(', ')}`
  return `The tests notice ${killed} of ${count(mutants, 'fault')} put into it${missed}.`
}

/** What goes with a change without being part of it. */
function besides({ review: { advice }, specTest }: Proof): string[] {
  return [
    ...(specTest
      ? [
          `The test of the request, if you want to keep it as \`${specTest.path}\`:`,
          fence(specTest.content, specTest.path.split('.').at(-1) ?? ''),
        ]
      : []),
    ...(advice.length === 0
      ? []
      : [
          `The reviewer remarks, without anything that could be run to show it:\n${advice.map((claim) => `- ${oneLine(claim)}`).join('\n')}`,
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

function abstention({ reason, best }: Extract<Outcome, { kind: 'abstained' }>): string[] {
  const nothing = `Nothing passed, so there is no change to recommend: ${sentenceEnd(reason)}`
  if (best === null) return [nothing, 'No attempt came as far as a patch that applies.']
  const failed = best.gates.filter(({ status }) => status === 'failed')
  const passedAll = failed.length === 0 && best.gates.length > 0
  const opening = passedAll ? `There is no change to recommend: ${sentenceEnd(reason)}` : nothing
  const why = failed.length === 0 ? best.why : failed.map((gate) => summarise(gate)).join('\n')
  const which = failed.map(({ gate }) => gate).join(', ')
  return [
    opening,
    `The closest attempt, not good as it stands${which && `; it fails ${which}`}:`,
    fence(why, 'text'),
    ...diffParts(best.patch.diff),
  ]
}

function diffParts(diff: string): string[] {
  const tag = THOUGHT_TAG.exec(diff)?.[0]
  if (tag === undefined) return [fence(diff, 'diff')]
  // the diff itself must stay as it is, or it would no longer apply
  return [
    fence(diff, 'diff'),
    `Note: the diff holds a literal \`${tag}\`; some chat pages hide text after it.`,
  ]
}

const THOUGHT_TAG = /<\/?(?:think|thinking|reason|reasoning|thought)>/i

/** A fence longer than any run of backticks in the text, so that nothing in it can close it. */
function fence(text: string, language: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
  const ticks = '`'.repeat(Math.max(3, longest + 1))
  return `${ticks}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${ticks}`
}
