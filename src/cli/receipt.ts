import { loadConfig, type Config, type Overrides } from '../config.ts'
import { SwarmError } from '../core/errors.ts'
import { findOne, readJson } from '../records/kept-receipt.ts'
import { openDataDir, type Kept } from '../records/store.ts'

export type ReceiptFlags = Overrides & { diff?: boolean }

/** Prints the receipt of a task, or the patch it handed over. */
export function receipt(id: string, { diff = false, ...overrides }: ReceiptFlags): number {
  const kept = keptReceipt(id, loadConfig({ overrides, cwd: process.cwd() }))
  if (!diff) console.log(JSON.stringify(readJson(kept), null, 2))
  else process.stdout.write(patchOf(kept))
  return 0
}

/** The receipt of one task, from the user's store. */
export function keptReceipt(id: string, { dataDir }: Config): Kept {
  if (dataDir === null) {
    throw new SwarmError('bad-request', 'nothing is kept here: QUORUM_DATA=:memory: is set')
  }
  using store = openDataDir(dataDir)
  return findOne(store, id)
}

/** The patch that goes with a receipt. Throws where the task handed none over. */
export function patchOf({ task, diff }: Kept): string {
  if (diff !== null) return diff
  throw new SwarmError('not-found', `${task} handed over no patch; its receipt says why`)
}
