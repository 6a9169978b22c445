type Turn = { readonly role: string; readonly text: string }

/** Has the client told its model to plan and to touch nothing? It does so behind the user's words. */
export function isPlanning(messages: readonly Turn[]): boolean {
  const last = messages.findLast(({ role }) => role === 'user')
  return last !== undefined && PLANNING.test(last.text.slice(-LONGEST))
}

const LONGEST = 100_000

/** opencode; Claude Code and Qwen Code. */
const PLANNING = /^(?:CRITICAL: )?Plan mode (?:is )?active\b/im
