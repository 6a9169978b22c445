const COMPLETION = 'chatcmpl-'
const RESPONSE = 'resp_'

/** The id under which a client knows a task: that of the chat completion it asked for. */
export const completionIdOf = (taskId: string): string => `${COMPLETION}${taskId}`

/** The same for a client that asked for a response. */
export const responseIdOf = (taskId: string): string => `${RESPONSE}${taskId}`

/** The task behind an id, whichever of its names was given. */
export function taskIdOf(id: string): string {
  const prefix = [COMPLETION, RESPONSE].find((prefix) => id.startsWith(prefix))
  return prefix === undefined ? id : id.slice(prefix.length)
}
