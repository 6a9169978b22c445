import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../core/canonical.ts'
import { patchOf, Receipt, receiptOf } from '../core/receipt.ts'
import type { TaskState } from '../core/state.ts'

/** A receipt with two hashes: of the diff that was handed over, and of all the rest, this one's own aside. */
export const SealedReceipt = Receipt.extend({
  patchSha256: z.string().nullable(),
  /** null while the task runs. */
  sha256: z.string().nullable(),
})
export type SealedReceipt = z.infer<typeof SealedReceipt>

/** The receipt, so that anyone who holds it and the diff can tell that both are what was checked. */
export function sealedReceipt(state: TaskState): SealedReceipt {
  const patch = patchOf(state)
  const receipt = { ...receiptOf(state), patchSha256: patch && sha256(patch.diff) }
  return { ...receipt, sha256: state.endedAt === null ? null : sealOf(receipt) }
}

/** The hash of a receipt as it was read, whatever it holds. */
export function sealOf(receipt: object): string {
  const content = Object.entries(receipt).filter(([key]) => key !== 'sha256')
  return sha256(canonicalJson(Object.fromEntries(content)))
}

/** The hash of a text. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
