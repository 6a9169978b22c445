const COMPLETION = 'chatcmpl-'

/** The id under which a client knows a task: that of the chat completion it asked for. */
export const completionIdOf = (taskId: string): string => `${COMPLETION}${taskId}`

/** The task behind an id, whichever of its two names was given. */
export const taskIdOf = (id: string): string => (id.startsWith(COMPLETION) ? id.slice(COMPLETION.length) : id)
