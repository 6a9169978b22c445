import { join } from 'node:path'
import type { PromptName } from '../../src/cascade/ports.ts'
import type { Experience } from '../../src/core/experience.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import type { Outcome, Task, TierName } from '../../src/core/task.ts'
import { loadPrompts } from '../../src/models/prompts.ts'
import { IN_MEMORY } from '../../src/records/database.ts'
import { experienceOf } from '../../src/records/experience.ts'
import { createRecorder } from '../../src/records/recorder.ts'
import { openStore } from '../../src/records/store.ts'

export const PROMPTS = loadPrompts(join(import.meta.dirname, '../../prompts'))

export const modelNameOf = (tier: TierName): string => `scripted-${tier}`

/** What a task's story told, beyond its outcome. */
export type Heard = { ballots: number }

/** The server's own memory between tasks, kept only as long as a benchmark runs. */
export type Memory = Disposable & {
  readonly experience: Experience
  /** Hears a story to its end, as the server's runner does, and remembers what it taught. */
  listen(
    task: Task,
    story: AsyncGenerator<SwarmEvent, Outcome, void>,
    hear: (event: SwarmEvent) => void,
  ): Promise<{ outcome: Outcome; heard: Heard }>
}

/** Opens an empty memory. */
export function openMemory(): Memory {
  const store = openStore(IN_MEMORY, Date.now)
  const version = (name: PromptName): string => PROMPTS.version(name)
  const recorder = createRecorder({ store, version, placeOf: () => null, onTrouble: fail })
  return {
    experience: experienceOf({ store, version, modelOf: modelNameOf, onTrouble: fail }),
    async listen(task, story, hear) {
      const heard: Heard = { ballots: 0 }
      let place: { attempt: number; tier: TierName | null } = { attempt: 0, tier: null }
      let seq = 0
      const tell = (event: SwarmEvent): void => {
        hear(event)
        if (event.type === 'attempt_start') place = { attempt: event.attempt, tier: event.tier }
        if (event.type === 'ballot_cast') heard.ballots += 1
        recorder.read({ seq, at: Date.now(), taskId: task.id, ...place, event })
        seq += 1
      }
      tell(creationOf(task))
      for (;;) {
        const next = await story.next()
        if (!next.done) {
          tell(next.value)
          continue
        }
        tell(endOf(next.value))
        return { outcome: next.value, heard }
      }
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  }
}

function fail(error: unknown): never {
  throw error
}

function creationOf(task: Task): SwarmEvent {
  const { request, filesOwned, allowTests, effort, budget, workspace } = task
  return { type: 'task_created', request, filesOwned, allowTests, effort, budget, workspace }
}

const endOf = (outcome: Outcome): SwarmEvent =>
  outcome.kind === 'abstained'
    ? { type: 'task_abort', cause: 'gave-up', reason: outcome.reason, outcome }
    : { type: 'task_complete', outcome }
