import type { Effort } from '../task.ts'

/** What is known before anything is looked up. */
export type Known = {
  readonly effort: Effort
  readonly question: string
  /** Tokens for what a model is told of the project. */
  readonly room: number
  /** Files that it is shown in full. */
  readonly whole: readonly string[]
  /** Files that it could still ask for. */
  readonly unseen: readonly string[]
}

/**
 * How often a model may say what else it wants to see before it answers. Who asks for speed gets none, who asks for
 * care gets two. Else it is one, unless there is nothing more to see, or all of what the question names is shown.
 */
export function roundsOf({ effort, question, room, whole, unseen }: Known): 0 | 1 | 2 {
  if (effort === 'low' || room < SMALLEST_ROOM) return 0
  if (effort === 'high') return 2
  if (unseen.length === 0) return 0
  const isNamed = (path: string): boolean => question.includes(path)
  return whole.some(isNamed) && !unseen.some(isNamed) ? 0 : 1
}

/** In a smaller window what is looked up would push out what is known to matter. */
const SMALLEST_ROOM = 6_000
