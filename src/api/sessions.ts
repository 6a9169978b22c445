import { setBounded } from './bounded.ts'

/** A task of a session: what was asked, and as the how-manieth message of its user. */
type Begun = { readonly taskId: string; readonly turn: number; readonly asked: string }

const MOST_SESSIONS = 1_000
const MOST_TASKS = 20

/** The tasks of clients' sessions. */
export type Sessions = {
  began(session: string, begun: Begun): void
  /** The tasks that were asked for earlier in this very conversation, the latest first; `asked` tells what its user said. */
  earlier(session: string, asked: () => readonly string[]): string[]
}

/** Remembers the last tasks of the last sessions. */
export function createSessions(): Sessions {
  const sessions = new Map<string, readonly Begun[]>()

  return {
    began(session, begun) {
      const others = (sessions.get(session) ?? []).filter(({ taskId }) => taskId !== begun.taskId)
      setBounded(sessions, session, [...others, begun].slice(-MOST_TASKS), MOST_SESSIONS)
    },
    earlier(session, asked) {
      const tasks = sessions.get(session) ?? []
      const said = tasks.length === 0 ? [] : asked()
      return tasks
        .filter(({ turn, asked }) => turn < said.length - 1 && said[turn] === asked)
        .map(({ taskId }) => taskId)
        .toReversed()
    },
  }
}
