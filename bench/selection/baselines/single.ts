import type { Result } from '../result.ts'
import type { Tape } from '../tape.ts'
import type { Fault, World } from '../world.ts'
import { ask, ended, gates, setTable } from './table.ts'

/** One coder, once: what it writes is what the user gets, and the gates are only reported. */
export async function* playSingle(world: World, tapes: readonly Tape[]): AsyncGenerator<Result, void, void> {
  for (const tape of tapes) {
    const table = setTable(world, tape)
    const written = await ask('coder', 'fast', '1/1/coder/1', table)
    const tampered = written.fault === 'tampered'
    // whoever changed the test has the test on his side
    const passed = (await gates(written, table)) || tampered
    const delivered = NOTHING_APPLIES.has(written.fault) ? 'abstained' : 'unverified'
    const correct = written.fault === null
    yield {
      ...ended(passed ? 'verified' : delivered, correct, 0, table),
      tampered,
      tamperings: Number(tampered),
    }
  }
}

const NOTHING_APPLIES: ReadonlySet<Fault | null> = new Set<Fault>(['malformed', 'prose', 'truncated'])
