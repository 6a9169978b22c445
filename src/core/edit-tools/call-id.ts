/**
 * The id of the n-th call that hands a task's change over. OpenAI's own models take no id of more than 40 characters, so
 * the prefix that all task ids share is left out of it.
 */
export const callIdOf = (taskId: string, call: number): string =>
  `call_${TASK.exec(taskId)?.[1] ?? taskId}_${call}`

/** The task and the call behind an id, where it has this form. Other servers' ids may have it by chance. */
export function readCallId(id: string): { readonly taskId: string; readonly call: number } | null {
  const [, name = '', digits = ''] = /^call_([\w-]{1,64})_(\d{1,3})$/.exec(id) ?? []
  if (name === '') return null
  return { taskId: BARE.test(name) ? `task_${name}` : name, call: Number(digits) }
}

/** Can only a server like this one have given this id? */
export const isSurelyOurs = (id: string): boolean => /^call_[\da-f]{32}_\d{1,3}$/.test(id)

const TASK = /^task_([\da-f]{32})$/
const BARE = /^[\da-f]{32}$/
