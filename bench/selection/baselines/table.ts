import type { Clock } from '../../../src/cascade/ports.ts'
import type { Role, TierName } from '../../../src/core/task.ts'
import { createSlots, type Slots } from '../../../src/slots.ts'
import type { Result } from '../result.ts'
import { GATE_SLOTS } from '../simulation/project.ts'
import { createUpstream } from '../simulation/upstream.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import type { Tape, Written } from '../tape.ts'
import type { World } from '../world.ts'

/** One task in a world, for loops that are no cascade: the same tape, the same machines, the same seconds. */
export type Table = {
  readonly world: World
  readonly tape: Tape
  readonly clock: Clock
  readonly upstream: ReturnType<typeof createUpstream>
  readonly gateSlots: Slots
}

const never = new AbortController().signal
/** Of a coder's prompt, and milliseconds of all gates on one tree, as the cascade has them in the simulation. */
const PROMPT_CHARACTERS = 2_500
const GATES_MS = 15_000

/** Sets a task down with machines that nobody else uses. */
export function setTable(world: World, tape: Tape): Table {
  const clock = createVirtualClock()
  return { world, tape, clock, upstream: createUpstream(tape, clock), gateSlots: createSlots(GATE_SLOTS) }
}

/** A coder's reply, after the time it takes. */
export async function ask(role: Role, tier: TierName, key: string, table: Table): Promise<Written> {
  await call(role, tier, key, table)
  return table.tape.written(tier, key)
}

/** A call, of which only the time and the tokens matter. */
export async function call(role: Role, tier: TierName, key: string, { upstream }: Table): Promise<void> {
  const stream = upstream.busy({ role, tier, key, promptCharacters: PROMPT_CHARACTERS }, never)
  while (!(await stream.next()).done);
}

/** Do the gates pass it? What cannot be applied costs no gate run. */
export async function gates(
  { fault, planted }: Written,
  { tape, clock, gateSlots }: Table,
): Promise<boolean> {
  if (fault !== null && fault !== 'logic' && fault !== 'mistyped') return false
  using held = new DisposableStack()
  held.use(await gateSlots.take(never))
  await clock.sleep(GATES_MS, never)
  return planted.kind === 'right' || (planted.kind === 'logic' && !tape.isCaught(planted.form))
}

/** How it came out, with all that it took. */
export const ended = (
  label: Result['label'],
  correct: boolean,
  ballots: number,
  { clock, upstream }: Table,
): Result => ({
  label,
  correct,
  tampered: false,
  tamperings: 0,
  spending: upstream.spending,
  ballots,
  wallMs: clock.now(),
})
