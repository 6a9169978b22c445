import { playFixed } from './baselines/fixed.ts'
import { playSingle } from './baselines/single.ts'
import { playCascade } from './simulation/cascade-policy.ts'
import type { Result } from './result.ts'
import type { Tape } from './tape.ts'
import type { World } from './world.ts'

export type Policy = {
  readonly name: string
  play(world: World, tapes: readonly Tape[]): AsyncGenerator<Result, void, void>
}

export const EFFORTS = ['low', 'medium', 'high'] as const

/** What a plain agent does, what a fixed five and five does, and the cascade at each effort. */
export const POLICIES: readonly Policy[] = [
  { name: 'single', play: playSingle },
  { name: 'fixed', play: playFixed },
  ...EFFORTS.map((effort): Policy => ({
    name: effort,
    play: (world, tapes) => playCascade(effort, 'by-effort', world, tapes),
  })),
]

/** The cascade where survivors that differ always go to five ballots. */
export const FIRST_TO_THREE: readonly Policy[] = EFFORTS.slice(1).map((effort) => ({
  name: `${effort}, first-to-3`,
  play: (world, tapes) => playCascade(effort, 'first-to-3', world, tapes),
}))
