import type { AttemptState } from './attempt-state.ts'
import type { TaskState } from './state.ts'
import type { TierName } from './task.ts'

/** What became of one reply of a coder: a free label for the model that wrote it. */
export type CandidateOutcome = {
  readonly tier: TierName
  readonly model: string
  /** `verified`, `agreed`, or why not: a red flag's code, `gate NAME`, `call`. */
  readonly code: string
  /**
   * Does it say how good the model is at this kind of task? Not a discarded reply whose seat was asked once more, not the
   * mending of a change that had passed, and not a call that broke.
   */
  readonly counts: boolean
}

/** What a task's candidates have taught. Whoever was cancelled before anything was known of it teaches nothing. */
export const outcomesOf = ({ attempts }: TaskState): CandidateOutcome[] => attempts.flatMap(ofAttempt)

function ofAttempt({ tier, candidates, refusals }: AttemptState): CandidateOutcome[] {
  const discarded = refusals
    .filter(({ resampled }) => resampled)
    .flatMap(({ model, code }) => (model === null ? [] : [{ tier, model, code, counts: false }]))
  const ended = candidates.flatMap(({ place, model, state, code }): CandidateOutcome[] => {
    if (model === null) return []
    if (state === 'verified' || state === 'agreed')
      return [{ tier, model, code: state, counts: isSeat(place) }]
    if (state === 'failed') return [{ tier, model, code: 'call', counts: false }]
    return state === 'rejected' && code !== null ? [{ tier, model, code, counts: isSeat(place) }] : []
  })
  return [...discarded, ...ended]
}

const isSeat = ({ subtask }: { subtask: string }): boolean => subtask !== 'revision'
