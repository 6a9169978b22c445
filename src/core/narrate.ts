import { firstOf } from './earlier-change.ts'
import { unreachable } from './errors.ts'
import type { SwarmEvent } from './event.ts'
import { eventOf, type OpenCall, type TaskState, type Told } from './state.ts'
import type { Strength } from './task.ts'
import { clip, count, oneLine, partOf, seconds, who } from './wording.ts'

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
    case 'earlier_change':
      return `${HOW_IT_STANDS[event.how]}${event.how === 'left-out' ? `: ${firstOf(event.clashes)}` : ''}`
    case 'media_start':
      return `${event.model} ${event.kind === 'picture' ? 'looks at' : 'listens to'} ${event.name}`
    case 'media_read':
      return `${event.name} is ${count(event.characters, 'character')} of text now, ${seconds(event.latencyMs)}`
    case 'experience_used':
      return event.reason
    case 'map_ready': {
      const how = event.by === 'symbols' ? 'by what uses what' : 'by a search, as long as they are being read'
      return `the planner is shown ${count(event.files.length, 'file')}, found ${how}: ${clip(event.files.join(', '), 120)}`
    }
    case 'planner_looked':
      return lookedLine(event)
    case 'tools_withdrawn':
      return `${event.model} is offered no tools any more and is asked in writing what it wants to see: ${clip(event.reason, 160)}`
    case 'policy_set':
      return policyLine(event)
    case 'private_withheld': {
      const files = `${clip(event.files.join(', '), 200)} ${event.files.length === 1 ? 'is' : 'are'} private`
      return event.refused
        ? `${files}: ${event.model} in the cloud is not asked as ${event.role}`
        : `${files}: not shown to ${event.model} in the cloud`
    }
    case 'attempt_start':
      return `attempt ${event.attempt} at tier ${event.tier}`
    case 'plan_ready': {
      const { subtasks, fallback } = event.plan
      if (fallback !== null) return `plan: the whole request as one part (${fallback})`
      const parts = subtasks.map(({ id, description }) => `${id}: ${clip(description, 60)}`)
      const remarks = (event.plan.remarks ?? []).join('; ')
      return `plan: ${count(subtasks.length, 'part')} (${parts.join(' | ')})${remarks && `; ${clip(remarks, 200)}`}`
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
    case 'contest_start': {
      const held = event.held === 0 ? '' : `, to be compared with ${count(event.held, 'earlier change')}`
      return `${count(event.seats, 'coder')} start${partOf(event.subtask)}${held}`
    }
    case 'patch_applied': {
      const size = `${count(event.files.length, 'file')}, ${count(event.diffSize, 'line')}`
      return `${who(event.place)}: the patch applies (${event.format}; ${size})`
    }
    case 'patch_rejected':
      return `${who(event.place)}: ${event.resampled ? 'discarded, and asked once more' : 'rejected'}, ${event.reason}`
    case 'candidate_agreed':
      return `${who(event.place)}: the same code as coder ${event.with.seat} wrote, so it is not checked again`
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
    case 'gate_strength':
      return `${who(event.place)}: ${strengthLine(event.strength)}`
    case 'spec_test': {
      const why = event.reason === null ? '' : `, ${event.reason}`
      const what = {
        holds: 'fails before the change and passes after it',
        probe: 'tells the candidates apart',
        dropped: 'is no use',
      }
      return `a test written for the request ${what[event.status]}${why}`
    }
    case 'spec_result':
      return `${who(event.place)}: ${event.passed ? 'passes' : 'fails'} the test of the request`
    case 'voter_examined':
      return `voter (${event.model}) ${event.admitted ? 'may vote' : 'does not vote'}: ${event.reason}`
    case 'vote_start': {
      const options = event.options.map((seats, index) => `${index + 1} by coder ${seats.join(', ')}`)
      return `${event.runOff ? 'run-off' : 'vote'}${partOf(event.subtask)}: option ${options.join('; option ')}`
    }
    case 'ballot_cast': {
      const { voter, choice, truth } = event.ballot
      if (choice === null) return `voter ${voter}: no valid ballot`
      if (truth !== null) return `voter ${voter}, on a known pair: ${choice === truth ? 'right' : 'wrong'}`
      return `voter ${voter}: option ${choice + 1}`
    }
    case 'contest_end':
      return event.winner === null
        ? `no winner${partOf(event.subtask)}: no candidate was verified`
        : `coder ${event.winner} wins${partOf(event.subtask)}: ${HOW[event.decision ?? 'only']}, ${event.verified} verified`
    case 'review_complete': {
      const claims = event.objections.map(({ claim }) => claim).join('; ')
      return `reviewer: ${event.decision}${claims && ` (${claims})`}, ${seconds(event.latencyMs)}`
    }
    case 'objection_checked':
      return `objection ${event.counts ? 'holds' : 'dropped'}: ${event.claim} (${event.reason})`
    case 'context_ready':
      return null
    case 'prompt_trimmed': {
      // ballots of one vote are all cut alike
      if (event.role === 'voter' && event.place.seat > 1) return null
      const cuts = event.cuts.map(
        ({ part, left, unit }) => `${count(left, unit.slice(0, -1))} of the ${part}`,
      )
      return `${event.role}: left out for want of room, as ${event.model} reads ${count(event.window, 'token')} at once: ${cuts.join(', ')}`
    }
    case 'prompt_cut': {
      const { model, sent, counted, advice } = event
      return `${model} read about ${count(counted, 'token')} of ${count(sent, 'token')}, without a word; ${advice}`
    }
    case 'stand_in':
      return `${event.model} at ${event.at} stands in for ${event.for}: ${event.reason}`
    case 'prefix_warmed':
      return `${event.model} has read ahead what the coders will be told, ${seconds(event.latencyMs)}`
    case 'budget_spent':
      return `the limit of ${event.limit} ${event.budget} is reached, so nothing new begins`
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

function lookedLine({
  files,
  names,
  searches,
  unanswered,
}: Extract<SwarmEvent, { type: 'planner_looked' }>): string {
  const isOne = names.length === 1
  const seen = [
    ...(files.length === 0 ? [] : [clip(files.join(', '), 160)]),
    ...(names.length === 0 ? [] : [`where ${clip(names.join(', '), 100)} ${isOne ? 'is' : 'are'} used`]),
    ...searches.map((search) => clip(search, 80)),
  ].join(' and ')
  const not = unanswered === 0 ? '' : `${count(unanswered, 'question')} could not be answered`
  if (seen !== '') return `the planner looked at ${seen}${not && `; ${not}`}`
  return not === ''
    ? 'the planner looked, and there was nothing it may see'
    : `the planner wanted to look: ${not}`
}

function policyLine({ policy, local, cloud, planner }: Extract<SwarmEvent, { type: 'policy_set' }>): string {
  if (policy === 'offline') return `policy offline: only ${local.join(', ')}, nothing in the cloud`
  const when = planner === null ? 'last' : 'early, and to plan and review'
  return `policy ${policy}: in the cloud is ${cloud.join(', ')}, asked ${local.length === 0 ? 'as there is nothing else' : when}`
}

const HOW_IT_STANDS = {
  'in-place': 'the earlier change is in the files already',
  added: 'the earlier change is added to the files, and worked on from there',
  'left-out': 'the earlier change does not fit onto the files any more and is left out',
} as const

const HOW = {
  only: 'the only one verified',
  agreement: 'verified changes agree',
  largest: 'most verified changes agree on it',
  probe: 'a test of the request told them apart',
  vote: 'chosen by vote',
  'run-off': 'chosen in a run-off',
  undecided: 'the vote was level, so the smallest change',
} as const

const strengthLine = ({ exercised, mutants, killed, unmeasured }: Strength): string => {
  if (unmeasured !== null) return `the strength of the checks was not measured, ${unmeasured}`
  const runs = exercised === false ? ', and never run the changed lines' : ''
  return `the checks notice ${killed} of ${count(mutants, 'fault')} put into it${runs}`
}

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
