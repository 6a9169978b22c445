import { unreachable } from './errors.ts'
import type { SwarmEvent } from './event.ts'
import { summarise } from './gates.ts'
import { gatesOf } from './receipt.ts'
import { eventOf, type AttemptState, type OpenCall, type TaskState, type Told } from './state.ts'
import type { GateResult, Outcome, Place, Usage } from './task.ts'

/** What a human is told of an event, in one line; null where there is nothing worth saying. */
export function narrate(told: Told): string | null {
  const line = sentence(eventOf(told))
  return line === null ? null : oneLine(line)
}

function sentence(event: SwarmEvent): string | null {
  switch (event.type) {
    case 'task_created':
      return event.workspace.kind === 'named'
        ? `task accepted, workspace ${event.workspace.name}`
        : `task accepted, ${count(event.workspace.files.length, 'file')} from the message`
    case 'workspace_ready': {
      const checks = event.gates.map(({ name }) => name).join(', ') || 'the project has no checks'
      const commit = event.commit === null ? '' : ` at ${event.commit.slice(0, 7)}`
      const left =
        event.leftOut.length === 0 ? '' : `; not run without a sandbox: ${event.leftOut.join(', ')}`
      const held = event.gates.length === 0 || event.cage === 'none' ? '' : `, held by ${event.cage}`
      return `${event.name}${commit} is frozen as it is now, ${seconds(event.latencyMs)}; checks: ${checks}${held}${left}`
    }
    case 'attempt_start':
      return `attempt ${event.attempt} at tier ${event.tier}`
    case 'plan_ready': {
      const { subtasks, fallback } = event.plan
      if (fallback !== null) return `plan: the whole request as one part (${fallback})`
      const parts = subtasks.map(({ id, description }) => `${id}: ${clip(description, 60)}`)
      return `plan: ${count(subtasks.length, 'part')} (${parts.join(' | ')})`
    }
    case 'model_call_start':
      if (event.role === 'planner') return `planner thinks (${event.model})`
      if (event.role === 'reviewer') return `reviewer reads the change (${event.model})`
      return event.role === 'coder'
        ? `${who(event.place)} types (${event.model}, temperature ${event.temperature})`
        : null
    case 'model_call_complete': {
      const speaker = event.role === 'coder' ? who(event.place) : event.role
      if (event.status === 'failed') return `${speaker} failed: ${event.error ?? 'no reason given'}`
      if (event.role !== 'coder' || event.status === 'cancelled') return null
      return `${speaker} is done, ${count(event.usage.completionTokens, 'token')} in ${seconds(event.latencyMs)}`
    }
    case 'contest_start':
      return `${count(event.seats, 'coder')} start${partOf(event.subtask)}`
    case 'patch_applied': {
      const size = `${count(event.files.length, 'file')}, ${count(event.diffSize, 'line')}`
      return `${who(event.place)}: the patch applies (${event.format}; ${size})`
    }
    case 'patch_rejected':
      return `${who(event.place)}: rejected, ${event.reason}`
    case 'gate_complete': {
      const { gate, status, ms } = event.result
      return `${who(event.place)}: ${gate} ${status} in ${seconds(ms)}`
    }
    case 'verification_pass': {
      const shared = event.shared ? ', the same change as another coder made' : ''
      return `${who(event.place)}: verified in ${seconds(event.latencyMs)}${shared}`
    }
    case 'verification_fail':
      return `${who(event.place)}: ${event.gate} says no, ${event.summary}`
    case 'vote_start': {
      const options = event.options.map((seats, index) => `${index + 1} by coder ${seats.join(', ')}`)
      return `${event.runOff ? 'run-off' : 'vote'}${partOf(event.subtask)}: option ${options.join('; option ')}`
    }
    case 'ballot_cast': {
      const { voter, choice } = event.ballot
      return `voter ${voter}: ${choice === null ? 'no valid ballot' : `option ${choice + 1}`}`
    }
    case 'contest_end':
      return event.winner === null
        ? `no winner${partOf(event.subtask)}: no candidate was verified`
        : `coder ${event.winner} wins${partOf(event.subtask)}: ${HOW[event.decision ?? 'only']}, ${event.verified} verified`
    case 'review_complete': {
      const claims = event.objections.map(({ claim }) => claim).join('; ')
      return `reviewer: ${event.decision}${claims && ` (${claims})`}, ${seconds(event.latencyMs)}`
    }
    case 'escalation':
      return `escalation from ${event.from} to ${event.to}: ${event.reason}`
    case 'task_complete':
      return event.outcome.kind === 'verified'
        ? 'done: every check passed'
        : `done, unverified: ${event.outcome.reason}`
    case 'task_abort': {
      const how = { cancelled: 'cancelled', fault: 'broke off', 'gave-up': 'gave up' } as const
      return `${how[event.cause]}: ${event.reason}`
    }
    case 'model_call_delta':
    case 'verification_start':
      return null
    default:
      return unreachable(event)
  }
}

const HOW = {
  only: 'the only one verified',
  agreement: 'all verified changes are the same',
  vote: 'chosen by vote',
  'run-off': 'chosen in a run-off',
  undecided: 'the vote was level, so the smallest change',
} as const

/** What is going on while nothing is told: who still types, and for how long. `now` is on the story's clock. */
export function signOfLife(state: TaskState, now: number): string {
  const since = (startedAt: number): string => seconds(Math.max(0, now - startedAt))
  const coders = state.openCalls.filter(({ role }) => role === 'coder')
  if (coders.length > 0) {
    const seats = coders.map(({ place }) => place.seat).join(', ')
    const label = coders.length === 1 ? 'coder' : 'coders'
    return `${label} ${seats} still typing, ${since(earliest(coders))}, ${received(coders)}`
  }
  const [call] = state.openCalls
  if (call) return `${call.role} still at work, ${since(call.startedAt)}, ${received(state.openCalls)}`
  const checking = state.attempts.at(-1)?.candidates.filter(({ state }) => state === 'checking') ?? []
  if (checking.length > 0) return `checks still running on ${count(checking.length, 'candidate')}`
  return `still at work, ${since(state.startedAt)}`
}

const earliest = (calls: readonly OpenCall[]): number => Math.min(...calls.map(({ startedAt }) => startedAt))
const received = (calls: readonly OpenCall[]): string => {
  const characters = calls.reduce((sum, call) => sum + call.characters, 0)
  return characters === 0 ? 'nothing received yet' : `${count(characters, 'character')} received`
}

/** The one line of evidence under an answer. */
export function evidence(state: TaskState): string {
  const last = state.attempts.at(-1)
  const facts = [
    gatesLine(gatesOf(state)),
    cageLine(state),
    testsLine(state),
    ...(last ? [verifiedLine(last), ballotsLine(last), reviewLine(last)] : []),
    state.attempt === 0 ? 'no attempt' : `${count(state.attempt, 'attempt')} (${state.tier})`,
    tokensLine(state.usage.total),
    seconds((state.endedAt ?? state.updatedAt) - state.startedAt),
    `task ${state.id}`,
  ]
  return `Evidence: ${facts.filter((fact) => fact !== null).join(' · ')}`
}

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

function verifiedLine({ contests }: AttemptState): string | null {
  const seats = contests.reduce((sum, contest) => sum + contest.seats, 0)
  const verified = contests.reduce((sum, contest) => sum + contest.verified, 0)
  return seats === 0 ? null : `${verified} of ${count(seats, 'candidate')} verified`
}

function ballotsLine({ ballots, contests }: AttemptState): string {
  const first = ballots.filter(({ runOff }) => !runOff)
  if (ballots.length === 0) return 'no ballots needed'
  if (contests.length > 1 || ballots.length > first.length) return `${ballots.length} ballots`
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

/** The final content: a sentence, the diff as `git apply` takes it, and the line of evidence. */
export function answer(state: TaskState): string {
  return [...told(state), evidence(state)].join('\n\n')
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
      return [`This change passed ${passed(outcome.gates)}.`, ...diffParts(outcome.patch.diff)]
    case 'unverified':
      return [
        `Unverified: ${sentenceEnd(outcome.reason)} ${provenOf(outcome.gates)}`,
        ...diffParts(outcome.patch.diff),
      ]
    case 'abstained':
      return abstention(outcome)
    default:
      return unreachable(outcome)
  }
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

/** The label of a place; a plan's first part goes without saying. */
function who({ subtask, seat }: Place): string {
  if (subtask === 'union') return 'all parts together'
  if (subtask === 'revision') return `revision ${seat}`
  return `coder ${seat}${partOf(subtask)}`
}

const partOf = (subtask: string): string => (subtask === '1' ? '' : ` on part ${subtask}`)

const LONGEST_LINE = 300
const oneLine = (text: string): string => clip(text.replaceAll(/\s+/g, ' ').trim(), LONGEST_LINE)
const clip = (text: string, most: number): string => {
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}

const count = (amount: number, noun: string): string =>
  `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`
const sentenceEnd = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)
