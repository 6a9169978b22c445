import { abortable } from '../abortable.ts'
import { isFinal, type Entry } from '../core/event.ts'

/** Where stories are written down. In memory here; a store that several machines share has the same three verbs. */
export type StoryLog = {
  append(entry: Entry): void
  /** What is known of a story from `fromSeq` on; undefined when it is unknown or was dropped. */
  read(taskId: string, fromSeq: number): Entry[] | undefined
  /** Replays from `fromSeq`, then follows until the story ends. An abort throws. */
  follow(taskId: string, fromSeq: number, signal: AbortSignal): AsyncGenerator<Entry, void, void>
}

type Story = { entries: Entry[]; ended: boolean; appended: PromiseWithResolvers<void> }

/** Keeps stories in memory: all that still run, and the last `keepTasks` that ended. */
export function createLog(keepTasks: number): StoryLog {
  const stories = new Map<string, Story>()
  const ended: string[] = []

  return {
    append(entry) {
      const story = stories.get(entry.taskId) ?? { entries: [], ended: false, appended: newWait() }
      stories.set(entry.taskId, story)
      story.entries.push(entry)
      story.ended = isFinal(entry.event)
      story.appended.resolve()
      story.appended = newWait()
      if (!story.ended) return
      ended.push(entry.taskId)
      for (const taskId of ended.splice(0, ended.length - keepTasks)) stories.delete(taskId)
    },
    read: (taskId, fromSeq) => stories.get(taskId)?.entries.slice(fromSeq),
    async *follow(taskId, fromSeq, signal) {
      const story = stories.get(taskId)
      if (!story) return
      for (let next = fromSeq; ;) {
        signal.throwIfAborted()
        const entry = story.entries[next]
        if (entry) {
          next += 1
          yield entry
        } else if (story.ended) return
        else await abortable(story.appended.promise, signal)
      }
    },
  }
}

const newWait = (): PromiseWithResolvers<void> => Promise.withResolvers<void>()
