import { endProcess, isRunning } from '../workspace/identity.ts'
import { readState, removeState } from './state-file.ts'

/** The supervisor gives its servers time of their own to end. */
const GRACE_MS = 20_000
const SERVER_GRACE_MS = 10_000

/** Ends the supervisor and every server that is left; null when there was nothing to end, else how many it kept. */
export async function takeDown(dir: string): Promise<number | null> {
  const state = await readState(dir)
  if (state === null) return null
  await endProcess(state.supervisor, GRACE_MS)
  // of one that was killed, its servers are still there; what it wrote down last counts
  const { servers } = (await readState(dir)) ?? state
  const left = servers.flatMap(({ process }) => process ?? [])
  await Promise.all(left.map((process) => endProcess(process, SERVER_GRACE_MS)))
  await removeState(dir)
  return servers.length
}

/** Is somebody looking after servers? */
export async function isUp(dir: string): Promise<boolean> {
  const state = await readState(dir)
  return state !== null && isRunning(state.supervisor)
}
