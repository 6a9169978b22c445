import { pino } from 'pino'
import { build as pretty } from 'pino-pretty'
import { unreachable } from './core/errors.ts'
import type { Entry, SwarmEvent } from './core/event.ts'
import { narrate } from './core/narrate.ts'
import { hideSecrets } from './secrets.ts'

export type Logger = {
  /** A reader of stories: a line for each event that tells something. */
  readonly read: (entry: Entry) => void
  /** The reason of a cancellation, told before anything of the task is torn down. */
  cancelling(taskId: string, reason: string): void
  /** What goes on without something it should have, and what to do about it. */
  trouble(what: string): void
  /** What was kept from the cloud, or taken out of what went there: which kind and where, never the text. */
  keptBack(facts: { readonly what: string; readonly names: readonly string[] }, sentence: string): void
  /** What should never happen. */
  bug(error: unknown, taskId?: string): void
}

export type LoggerOptions = {
  level: pino.LevelWithSilent
  /** JSON lines; otherwise lines for people. */
  json: boolean
  /** Texts that must never appear, whatever mentions them. */
  secrets: readonly string[]
  /** Where lines go instead of stderr. */
  destination?: NodeJS.WritableStream
}

type Event<Type extends SwarmEvent['type']> = Extract<SwarmEvent, { type: Type }>

/** The events of the requirements; every other one is told at debug. */
const LIFECYCLE: ReadonlySet<SwarmEvent['type']> = new Set([
  'task_created',
  'model_call_start',
  'model_call_complete',
  'patch_applied',
  'patch_rejected',
  'verification_start',
  'verification_pass',
  'verification_fail',
  'media_read',
  'policy_set',
  'private_withheld',
  'voter_examined',
  'prompt_trimmed',
  'prompt_cut',
  'stand_in',
  'tools_withdrawn',
  'budget_spent',
  'escalation',
  'task_complete',
  'task_abort',
])

/** Logs are one more reader of the story. They go to stderr: stdout is for results. */
export function createLogger(options: LoggerOptions): Logger {
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite: (line) => hideSecrets(line, options.secrets) },
    },
    destinationOf(options),
  )
  /** Where each running task stands, for the line that comes before its story's last word. */
  const standing = new Map<string, Pick<Entry, 'tier' | 'attempt'>>()

  return {
    read({ event, taskId, tier, attempt }) {
      if (event.type === 'model_call_delta') return
      standing.set(taskId, { tier, attempt })
      const line = { taskId, tier, event: event.type, attempt, ...factsOf(event) }
      log[levelOf(event)](line, narrate(event) ?? event.type.replaceAll('_', ' '))
      if (event.type === 'task_complete' || event.type === 'task_abort') standing.delete(taskId)
    },
    cancelling(taskId, reason) {
      const { tier = null, attempt = 0 } = standing.get(taskId) ?? {}
      const line = { taskId, tier, event: 'task_abort', attempt, status: 'cancelled', reason }
      log.info(line, `cancelled: ${reason}`)
    },
    trouble: (what) => log.warn(what),
    keptBack: (facts, sentence) => log.warn({ event: 'kept_back', ...facts }, sentence),
    bug: (error, taskId) =>
      log.error({ ...(taskId === undefined ? {} : { taskId }), err: error }, 'a bug in Quorum'),
  }
}

/** Writes at once, without a worker thread, so that the last line before an exit is not lost. */
function destinationOf({ json, destination }: LoggerOptions): pino.DestinationStream {
  if (json) return destination ?? pino.destination({ dest: 2, sync: true })
  return pretty({
    destination: destination ?? 2,
    sync: true,
    colorize: destination === undefined && process.stderr.isTTY,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
  })
}

/** A cancellation has been told already, by `cancelling`. */
function levelOf(event: SwarmEvent): 'info' | 'debug' {
  if (event.type === 'task_abort' && event.cause === 'cancelled') return 'debug'
  return LIFECYCLE.has(event.type) ? 'info' : 'debug'
}

/** What a line says besides where it stands. Never a prompt, a reply or a diff. */
function factsOf(event: Exclude<SwarmEvent, Event<'model_call_delta'>>): object {
  switch (event.type) {
    case 'task_created':
      return { request: event.request.slice(0, 200), filesOwned: event.filesOwned }
    case 'workspace_ready':
      return {
        workspace: event.name,
        commit: event.commit,
        base: event.base,
        cage: event.cage,
        latencyMs: event.latencyMs,
      }
    case 'earlier_change':
      return { upon: event.task, status: event.how, tree: event.tree }
    case 'media_start':
    case 'media_read': {
      const { type: _, ...facts } = event
      return facts
    }
    case 'experience_used':
      return { reason: event.reason }
    case 'policy_set': {
      const { policy, local, cloud, planner, reviewer } = event
      return { policy, local, cloud, planner, reviewer }
    }
    case 'private_withheld': {
      const { role, place, model, files, refused } = event
      return { role, ...place, model, status: refused ? 'refused' : 'left out', files }
    }
    case 'map_ready': {
      const { by, files, tokens } = event
      return { by, files, tokens }
    }
    case 'planner_looked':
    case 'tools_withdrawn': {
      const { type: _, ...facts } = event
      return facts
    }
    case 'attempt_start':
      return {}
    case 'plan_ready':
      return {
        subtasks: event.plan.subtasks.length,
        fallback: event.plan.fallback,
        ...(event.plan.remarks && { remarks: event.plan.remarks }),
      }
    case 'model_call_start':
      return { ...callOf(event), temperature: event.temperature, seed: event.seed }
    case 'model_call_complete': {
      const { latencyMs, status, error, usage } = event
      return { ...callOf(event), latencyMs, status, ...(error === null ? {} : { error }), usage }
    }
    case 'contest_start':
      return { subtask: event.subtask, seats: event.seats }
    case 'patch_applied': {
      const { place, format, files, diffSize, tree } = event
      return { ...place, status: 'applied', diffSize, format, files, tree }
    }
    case 'patch_rejected':
      return {
        ...event.place,
        status: event.resampled ? 'resampled' : 'rejected',
        code: event.code,
        reason: event.reason,
      }
    case 'candidate_agreed':
      return { ...event.place, status: 'agreed', with: event.with.seat }
    case 'verification_start':
      return { ...event.place, tree: event.tree, gates: event.gates }
    case 'gate_complete': {
      const { gate, status, ms, exitCode, timedOut, command } = event.result
      return { ...event.place, gate, status, latencyMs: ms, exitCode, timedOut, command }
    }
    case 'verification_pass':
      return { ...event.place, status: 'passed', latencyMs: event.latencyMs, shared: event.shared }
    case 'verification_fail': {
      const { place, gate, summary, latencyMs, shared } = event
      return { ...place, status: 'failed', latencyMs, shared, gate, summary }
    }
    case 'gate_strength':
      return { ...event.place, ...event.strength, latencyMs: event.latencyMs }
    case 'spec_test': {
      const { subtask, status, test, reason, latencyMs } = event
      return { subtask, status, path: test?.path ?? null, reason, latencyMs }
    }
    case 'spec_result':
      return { ...event.place, status: event.passed ? 'passed' : 'failed' }
    case 'voter_examined': {
      const { model, admitted, reason, record, latencyMs } = event
      return { model, status: admitted ? 'admitted' : 'off', reason, record, latencyMs }
    }
    case 'vote_start':
      return { subtask: event.subtask, options: event.options, runOff: event.runOff }
    case 'ballot_cast': {
      const { voter, choice, pair, truth } = event.ballot
      return { subtask: event.subtask, voter, choice, pair, truth, runOff: event.runOff }
    }
    case 'contest_end': {
      const { subtask, winner, decision, verified, support } = event
      return { subtask, status: decision, winner, verified, support }
    }
    case 'review_complete':
      return {
        loop: event.loop,
        status: event.decision,
        latencyMs: event.latencyMs,
        objections: event.objections,
      }
    case 'objection_checked':
      return {
        loop: event.loop,
        status: event.counts ? 'counts' : 'dropped',
        claim: event.claim,
        reason: event.reason,
      }
    case 'context_ready': {
      const { role, place, tokens, files } = event
      return { role, ...place, tokens, files: files.length }
    }
    case 'prompt_trimmed': {
      const { role, place, model, window, cuts } = event
      return { role, ...place, model, status: 'trimmed', window, cuts }
    }
    case 'prompt_cut': {
      const { model, sent, counted, advice } = event
      return { model, status: 'cut-by-server', sent, counted, advice }
    }
    case 'stand_in': {
      const { model, at, reason } = event
      return { model, status: 'stand-in', at, for: event.for, reason }
    }
    case 'prefix_warmed':
      return { model: event.model, status: 'warmed', usage: event.usage, latencyMs: event.latencyMs }
    case 'budget_spent':
      return { budget: event.budget, limit: event.limit }
    case 'escalation':
      return { from: event.from, to: event.to, reason: event.reason }
    case 'task_complete':
      return { status: event.outcome.kind, ...sizeOf(event.outcome) }
    case 'task_abort':
      return { status: event.cause, reason: event.reason }
    default:
      return unreachable(event)
  }
}

const callOf = ({ call, role, place, model }: Event<'model_call_start' | 'model_call_complete'>) => ({
  call,
  role,
  ...place,
  model,
})

const sizeOf = (outcome: Event<'task_complete'>['outcome']): { diffSize?: number } =>
  outcome.kind === 'abstained' ? {} : { diffSize: outcome.patch.lines }
