import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'
import { Care } from '../core/server-care.ts'
import { SwarmError } from '../core/errors.ts'

/** A process, told from a later one of the same number by its start. */
const Process = z.object({ pid: z.int(), startedAt: z.string() })
export type Process = z.infer<typeof Process>

const ServerState = z.object({
  name: z.string(),
  model: z.string().nullable(),
  port: z.int(),
  process: Process.nullable(),
  care: Care,
})
export type ServerState = z.infer<typeof ServerState>

const State = z.object({ file: z.string(), supervisor: Process, servers: z.array(ServerState) })
/** What the supervisor writes down, and `status` and `down` read. */
export type State = z.infer<typeof State>

/** The folder where state and logs are kept. */
export const llamaDir = (cacheDir: string): string => join(cacheDir, 'llama')

export const logOf = (dir: string, name: string): string => join(dir, `${name}.log`)

const stateFile = (dir: string): string => join(dir, 'state.json')

/** null when nothing has been started, or what is there cannot be read. */
export async function readState(dir: string): Promise<State | null> {
  const text = await readFile(stateFile(dir), 'utf8').catch(() => null)
  const state = State.safeParse(text === null ? null : jsonOrNull(text))
  return state.success ? state.data : null
}

/** Takes the place of the one supervisor there may be. Throws 'bad-request' where it is taken. */
export async function claimState(dir: string, state: State): Promise<void> {
  await mkdir(dir, { recursive: true })
  try {
    await writeFile(stateFile(dir), JSON.stringify(state), { flag: 'wx' })
  } catch (error) {
    throw new SwarmError('bad-request', `${stateFile(dir)} is there: end it first by quorum llama down`, {
      cause: error,
    })
  }
}

/** Replaces it as a whole, so that nobody reads half of it. */
export async function writeState(dir: string, state: State): Promise<void> {
  const draft = `${stateFile(dir)}.${process.pid}`
  await writeFile(draft, JSON.stringify(state, null, 2))
  await rename(draft, stateFile(dir))
}

export const removeState = (dir: string): Promise<void> => rm(stateFile(dir), { force: true })
