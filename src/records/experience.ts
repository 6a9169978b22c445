import type { PromptName } from '../cascade/ports.ts'
import { NO_EXPERIENCE, type Experience } from '../core/experience.ts'
import type { TierName } from '../core/task.ts'
import type { Store } from './store.ts'

export type ExperienceOptions = {
  readonly store: Store
  readonly version: (prompt: PromptName) => string
  readonly modelOf: (tier: TierName) => string
  /** Told once, when the store could not be read. */
  readonly onTrouble: (error: unknown) => void
}

/** What the store knows of the models behind the tiers. Where it cannot be read, a task goes on as if it were new. */
export function experienceOf({ store, version, modelOf, onTrouble }: ExperienceOptions): Experience {
  let inTrouble = false
  const reading = <Value>(read: () => Value, none: Value): Value => {
    try {
      return read()
    } catch (error) {
      if (!inTrouble) onTrouble(error)
      inTrouble = true
      return none
    }
  }
  return {
    rate: (tier, kind) => reading(() => store.rate(modelOf(tier), kind), NO_EXPERIENCE.rate(tier, kind)),
    voter: (tier) =>
      reading(
        () => store.voter({ model: modelOf(tier), prompt: version('vote') }),
        NO_EXPERIENCE.voter(tier),
      ),
    reviewer: (tier) =>
      reading(
        () => store.reviewer({ model: modelOf(tier), prompt: version('review') }),
        NO_EXPERIENCE.reviewer(tier),
      ),
  }
}
