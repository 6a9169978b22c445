import { z } from 'zod'
import { SwarmError } from '../core/errors.ts'
import { taskIdOf } from '../core/task-id.ts'
import { sha256 } from '../tasks/seal.ts'
import type { Kept, Store } from './store.ts'

/** A receipt as it was sealed, with everything in it: another Quorum may have written more, or less. */
const AnyReceipt = z.looseObject({ task: z.string(), status: z.string(), sha256: z.string() })
export type AnyReceipt = z.infer<typeof AnyReceipt>

/** The receipt of exactly this task; null where none was kept. */
export function readKept(store: Store, taskId: string): AnyReceipt | null {
  const [kept] = store.find(taskId)
  return kept?.task === taskId ? readJson(kept) : null
}

/** What is read of the receipt of a change that was delivered. */
const DeliveredReceipt = z.looseObject({
  status: z.enum(['verified', 'unverified']),
  request: z.string(),
  workspace: z.looseObject({ name: z.string(), tree: z.string() }),
  patchSha256: z.string(),
  sha256: z.string(),
})

/** The change that this task delivered, as it was sealed; null where there was none, or it was not kept whole. */
export function readDelivered(store: Store, taskId: string) {
  const [kept] = store.find(taskId)
  if (kept?.task !== taskId || kept.diff === null) return null
  const read = DeliveredReceipt.safeParse(JSON.parse(kept.json))
  if (!read.success || sha256(kept.diff) !== read.data.patchSha256) return null
  const { request, workspace, sha256: seal } = read.data
  return {
    change: { task: taskId, request, diff: kept.diff, tree: workspace.tree },
    workspace: kept.place === null ? null : workspace.name,
    seal,
  }
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
