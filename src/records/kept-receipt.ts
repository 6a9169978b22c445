import { z } from 'zod'
import { SwarmError } from '../core/errors.ts'
import { taskIdOf } from '../core/task-id.ts'
import type { Kept, Store } from './store.ts'

/** A receipt as it was sealed, with everything in it: another Quorum may have written more, or less. */
const AnyReceipt = z.looseObject({ task: z.string(), status: z.string(), sha256: z.string() })
export type AnyReceipt = z.infer<typeof AnyReceipt>

/** The receipt of exactly this task; null where none was kept. */
export function readKept(store: Store, taskId: string): AnyReceipt | null {
  const [kept] = store.find(taskId)
  return kept?.task === taskId ? readJson(kept) : null
}

/** What a receipt says. */
export const readJson = ({ json }: Kept): AnyReceipt => AnyReceipt.parse(JSON.parse(json))

/** The one task whose id, or completion id, begins so. Throws with what there is when it is not one. */
export function findOne(store: Store, id: string): Kept {
  const prefix = taskIdOf(id)
  const found = store.find(prefix)
  const [kept] = found
  if (kept && found.length === 1) return kept
  if (!kept) throw new SwarmError('not-found', `no receipt of a task ${JSON.stringify(prefix)} was kept here`)
  const names = found.map(({ task }) => task).join('\n  ')
  throw new SwarmError(
    'bad-request',
    `several tasks begin with ${JSON.stringify(prefix)}; say more of it:\n  ${names}`,
  )
}
