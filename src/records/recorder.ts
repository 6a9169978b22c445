import type { PromptName } from '../cascade/ports.ts'
import { isFinal, type Entry, type SwarmEvent } from '../core/event.ts'
import { outcomesOf } from '../core/outcomes.ts'
import { patchOf } from '../core/receipt.ts'
import { learnReview } from '../core/reviewer-record.ts'
import type { CastBallot } from '../core/attempt-state.ts'
import { initial, reduce, type TaskState } from '../core/state.ts'
import { kindOf } from '../core/task-kind.ts'
import { learnBallots } from '../core/voter-record.ts'
import { sealedReceipt } from '../tasks/seal.ts'
import type { Ended, Store } from './store.ts'

export type RecorderOptions = {
  readonly store: Store
  /** The version of a prompt, as the models are asked with it. */
  readonly version: (prompt: PromptName) => string
  /** The folder of a workspace; null where there is none that could be found again. */
  readonly placeOf: (workspace: string) => string | null
  /** Told once, when something could not be written down. */
  readonly onTrouble: (error: unknown) => void
}

/** One more reader of the stories: writes down what outlives them. It never breaks one. */
export function createRecorder(options: RecorderOptions): { readonly read: (entry: Entry) => void } {
  const states = new Map<string, TaskState>()
  let inTrouble = false

  return {
    read(entry) {
      const { taskId, event } = entry
      if (event.type === 'model_call_delta') return
      const state = reduce(states.get(taskId) ?? initial(taskId), entry)
      states.set(taskId, state)
      if (isFinal(event)) states.delete(taskId)
      write(event, state)
    },
  }

  function write(event: SwarmEvent, state: TaskState): void {
    const { store, version, placeOf } = options
    try {
      if (event.type === 'voter_examined')
        store.setVoter({ model: event.model, prompt: version('vote') }, event.record)
      if (isFinal(event)) store.keep(endedOf(state, version, placeOf))
    } catch (error) {
      // the next story would meet the same full disk, and the first word about it is enough
      if (!inTrouble) options.onTrouble(error)
      inTrouble = true
    }
  }
}

function endedOf(
  state: TaskState,
  version: RecorderOptions['version'],
  placeOf: RecorderOptions['placeOf'],
): Ended {
  const receipt = sealedReceipt(state)
  const { name } = state.workspace ?? {}
  return {
    receipt: {
      task: state.id,
      endedAt: state.endedAt ?? state.updatedAt,
      place: name === undefined || state.choice !== 'named' ? null : placeOf(name),
      json: JSON.stringify(receipt),
      diff: patchOf(state)?.diff ?? null,
    },
    kind: kindOf(state.request),
    prompt: version('code'),
    outcomes: outcomesOf(state),
    voters: votesIn(state).map(({ model, ballots }) => ({
      model,
      prompt: version('vote'),
      learn: (record) => learnBallots(record, ballots),
    })),
    reviewers: reviewsIn(state).map(({ model, ...review }) => ({
      model,
      prompt: version('review'),
      learn: (record) => learnReview(record, review),
    })),
  }
}

/** Ballots by vote and voter: the numbers of pairs mean something only among themselves. */
function votesIn({ attempts }: TaskState): { model: string; ballots: CastBallot[] }[] {
  return attempts.flatMap(({ ballots }) => {
    const votes = Map.groupBy(ballots, ({ subtask, runOff, model }) =>
      JSON.stringify([subtask, runOff, model]),
    )
    return [...votes.values()].flatMap((ballots) => {
      const model = ballots[0]?.model ?? null
      return model === null ? [] : [{ model, ballots }]
    })
  })
}

function reviewsIn({ attempts }: TaskState) {
  return attempts.flatMap(({ verdicts, checked }) =>
    verdicts.flatMap(({ model, loop, decision }) => {
      if (model === null || decision === 'unreadable') return []
      return [{ model, decision, checks: checked.filter((check) => check.loop === loop) }]
    }),
  )
}
