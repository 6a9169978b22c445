import type { Effort } from '../task.ts'

/** How often an agent's turn is sampled, and how many samples have to want the same. */
export type Size = { readonly samples: number; readonly quorum: number }

const SIZES: Readonly<Record<Effort, Size>> = {
  low: { samples: 1, quorum: 1 },
  medium: { samples: 3, quorum: 2 },
  high: { samples: 5, quorum: 3 },
}

/** How a turn is sampled at this effort. */
export const sizeOf = (effort: Effort): Size => SIZES[effort]

/** A sample's vote; samples are numbered from 0, and the first is the one with the client's own settings. */
export type Cast = { readonly sample: number; readonly key: string }

/**
 * The sample whose answer is given, as soon as more votes could not change it; null while they could. First to the quorum
 * wins. When all samples are in and nobody has it: most votes, and among equals the group with the earliest sample, since
 * that one is nearest to what the client asked for. Words have no seat where a call is required: such a sample is
 * malformed, and casts no vote.
 */
export function decide(votes: readonly Cast[], open: number, { quorum }: Size): Cast | null {
  const groups = [...Map.groupBy(votes, ({ key }) => key).values()]
    .map((group) => group.toSorted((one, other) => one.sample - other.sample))
    .toSorted((one, other) => other.length - one.length || one[0]!.sample - other[0]!.sample)
  const [first, second = []] = groups
  if (!first) return null
  const isWon = first.length >= quorum || open === 0 || first.length > second.length + open
  return isWon ? first[0]! : null
}

/** How many samples want the same as this one. */
export const countOf = (votes: readonly Cast[], { key }: Cast): number =>
  votes.filter((vote) => vote.key === key).length
