import { createHash } from 'node:crypto'
import { patchOf, receiptOf, type Receipt } from '../core/receipt.ts'
import type { TaskState } from '../core/state.ts'

export type SealedReceipt = Receipt & { readonly patchSha256: string | null }

/** The receipt with the hash of the diff, so that anyone who holds the diff can tell it is the one that was checked. */
export function sealedReceipt(state: TaskState): SealedReceipt {
  const patch = patchOf(state)
  const patchSha256 = patch && createHash('sha256').update(patch.diff).digest('hex')
  return { ...receiptOf(state), patchSha256 }
}
