import { seedOf } from '../random.ts'

/** How a sample differs from what the client asked for; empty where it does not. */
export type Sampling = { readonly temperature?: number; readonly seed?: number }

type Wish = { readonly temperature?: number | null | undefined; readonly seed?: number | null | undefined }

/** What servers that are told nothing come to, about. */
const USUAL_TEMPERATURE = 0.7
const LOWEST = 0.2
const HIGHEST = 1
/** Small: they should be different tries at one thing, and none of them a wild one. */
const SPREAD = [0, 0.2, -0.2, 0.1, -0.1]

/**
 * The settings of a sample. The first is asked exactly as the client asked; the others have a seed of their own and a
 * temperature near the client's, never 0, at which all would say the same.
 */
export function samplingOf(
  wish: Wish,
  { sample, again, step }: { sample: number; again: boolean; step: string },
): Sampling {
  if (sample === 0 && !again) return {}
  const base = wish.temperature ?? USUAL_TEMPERATURE
  const near = base + SPREAD[sample % SPREAD.length]! + (again ? 0.1 : 0)
  const temperature = Math.min(Math.max(near, LOWEST), Math.max(base, HIGHEST))
  return {
    temperature: Math.round(temperature * 100) / 100,
    seed: seedOf(wish.seed ?? step, sample, again ? 1 : 0),
  }
}
