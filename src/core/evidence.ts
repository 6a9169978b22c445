import { labelOf, type Label } from './label.ts'
import { gatesOf } from './receipt.ts'
import type { AttemptState } from './attempt-state.ts'
import type { TaskState } from './state.ts'
import type { GateResult, Usage } from './task.ts'
import { count, seconds } from './wording.ts'

/** The one line of evidence under an answer; `seal` is the hash of the receipt that goes with it. */
export function evidence(state: TaskState, seal: string | null): string {
  const last = state.attempts.at(-1)
  const facts = [
    labelLine(state),
    gatesLine(gatesOf(state)),
    cageLine(state),
    testsLine(state),
    ...proofLines(state),
    withheldLine(state),
    ...(last ? [verifiedLine(last), ballotsLine(last), reviewLine(last)] : []),
    state.attempt === 0 ? 'no attempt' : `${count(state.attempt, 'attempt')} (${state.tier})`,
    tokensLine(state.usage.total),
    seconds((state.endedAt ?? state.updatedAt) - state.startedAt),
    `task ${state.id}`,
    seal === null ? null : `receipt ${seal.slice(0, 12)}`,
  ]
  return `Evidence: ${facts.filter((fact) => fact !== null).join(' · ')}`
}

const labelLine = ({ outcome }: TaskState): string | null =>
  outcome === null ? null : LABELS[labelOf(outcome)]

const LABELS = {
  'verified-strong': 'verified, by strong checks and agreement',
  verified: 'verified',
  unverified: 'unverified',
  abstained: 'abstained',
} as const satisfies Record<Label, string>

function gatesLine(gates: readonly GateResult[]): string {
  if (gates.length === 0) return 'no checks were run on it'
  const line = (status: GateResult['status'], word: string): string[] => {
    const named = gates.filter((gate) => gate.status === status).map(nameOf)
    return named.length === 0 ? [] : [`${named.join(', ')} ${word}`]
  }
  return [...line('passed', 'passed'), ...line('failed', 'failed')].join(', ')
}

/** Whether what ran was held; nothing where nothing ran. */
function cageLine(state: TaskState): string | null {
  const { workspace } = state
  if (!workspace || gatesOf(state).length === 0) return null
  const left = workspace.leftOut.length === 0 ? '' : `, ${workspace.leftOut.join(' and ')} not run`
  return (workspace.cage === 'none' ? 'no sandbox' : 'sandboxed') + left
}

function nameOf({ gate, tests, knownFailures, flaky }: GateResult): string {
  const details = [
    ...(tests ? [count(tests.passed, 'test')] : []),
    ...(knownFailures > 0 ? [count(knownFailures, 'failure') + ' from before'] : []),
    ...(flaky.length > 0 ? [`${flaky.length} flaky not counted`] : []),
  ]
  return details.length === 0 ? gate : `${gate} (${details.join(', ')})`
}

/** Tests that the change itself rewrote prove less, and the reader has to know. */
const testsLine = ({ outcome }: TaskState): string | null =>
  outcome?.kind === 'verified' && outcome.testsChanged.length > 0
    ? `tests changed with your leave: ${outcome.testsChanged.join(', ')}`
    : null

/** What is known beyond that the checks passed. */
function proofLines({ outcome }: TaskState): string[] {
  if (outcome === null || outcome.kind === 'abstained') return []
  const { agreement, strength, specTest } = outcome.proof
  return [
    ...(strength === null || strength.unmeasured !== null
      ? []
      : [`${strength.killed} of ${count(strength.mutants, 'planted fault')} noticed`]),
    ...(specTest === null ? [] : ['a test of the request passed']),
    ...(agreement.agreeing > 1 ? [`${agreement.agreeing} candidates agree`] : []),
  ]
}

/** Whoever was not shown all of it, or was not asked because of it, judged less. */
function withheldLine({ withheld }: TaskState): string | null {
  if (withheld.length === 0) return null
  const files = [...new Set(withheld.flatMap(({ files }) => files))]
  const shown =
    files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ')
  const unasked = [...new Set(withheld.filter(({ refused }) => refused).map(({ role }) => role))]
  const so = unasked.length === 0 ? '' : `, so it was not asked as ${unasked.join(' and ')}`
  return `private and not shown to the cloud: ${shown}${so}`
}

function verifiedLine({ contests }: AttemptState): string | null {
  const seats = contests.reduce((sum, contest) => sum + contest.seats, 0)
  const verified = contests.reduce((sum, contest) => sum + contest.verified, 0)
  return seats === 0 ? null : `${verified} of ${count(seats, 'candidate')} verified`
}

function ballotsLine({ ballots: cast, contests }: AttemptState): string {
  // a ballot on a pair whose right side is known says something of the voter, and nothing of the change
  const ballots = cast.filter(({ truth }) => truth === null)
  const first = ballots.filter(({ runOff }) => !runOff)
  if (ballots.length === 0) return 'no ballots needed'
  // pairs are no majority, and one vote may be several matches
  const isPaired = first.some(({ pair }) => pair !== null)
  if (isPaired || contests.length > 1 || ballots.length > first.length) return `${ballots.length} ballots`
  const votes = new Map<number, number>()
  for (const { choice } of first) if (choice !== null) votes.set(choice, (votes.get(choice) ?? 0) + 1)
  return `${Math.max(0, ...votes.values())} of ${count(first.length, 'ballot')}`
}

function reviewLine({ verdicts }: AttemptState): string | null {
  const last = verdicts.at(-1)
  return last ? `reviewer: ${last.decision}` : null
}

const tokensLine = ({ promptTokens, completionTokens, estimated }: Usage): string =>
  `${estimated ? 'about ' : ''}${count(promptTokens + completionTokens, 'token')}`
