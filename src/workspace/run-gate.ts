import type { Gate, GateRun } from '../core/task.ts'
import { readDiagnostics } from './diagnostics.ts'
import { gateEnvironment } from './environment.ts'
import { GATE_LIMITS } from './confinement.ts'
import type { Cage, Room } from './sandbox.ts'
import { shell } from './shell.ts'

/** Characters of a gate's output kept for the human: its end, where the summary stands. */
const LOG_CHARACTERS = 20_000

/** Where a gate runs, and what it may read beyond. */
export type GateRoom = Pick<Room, 'root' | 'home' | 'overlays' | 'readable'>

/** Runs one gate in a workspace. A value, also when it failed, hung or is not installed; only an abort throws. */
export async function runGate(gate: Gate, room: GateRoom, cage: Cage, signal: AbortSignal): Promise<GateRun> {
  const { name, command, timeoutMs } = gate
  const { root, home } = room
  const environment = gateEnvironment(root, home)
  const held = cage.wrap(command, { ...room, cwd: root, network: false, environment, limits: GATE_LIMITS })
  const result = await shell(held, { cwd: root, environment, timeoutMs, leavesNothing: true }, signal)
  signal.throwIfAborted()
  const { exitCode, timedOut, ms, output } = result
  // every workspace has folders of its own: the same failure must read the same in each
  const diagnostics = exitCode === 0 ? [] : readDiagnostics(output.replaceAll(home, '~'), root)
  const ending = timedOut ? `\n(no end within ${timeoutMs / 1000} s: killed)\n` : ''
  const said = output + ending
  const log = said.length > LOG_CHARACTERS ? `…\n${output.slice(-LOG_CHARACTERS)}` : output
  return { gate: name, command, exitCode, timedOut, ms, diagnostics, log }
}
