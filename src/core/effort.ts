import type { Effort } from './task.ts'

/** How a contest goes about it at one effort. */
export type Strategy = {
  /** Coders that start together; one more starts each time nothing is decided. null: all seats at once. */
  readonly first: number | null
  /** May fewer coders sit down, where earlier tasks of the kind were nearly always verified? */
  readonly mayShrink: boolean
  /** With so many candidates failed and none verified, the attempt is given up. */
  readonly giveUpAfter: number
  /** Candidates that have to agree before a contest is decided. */
  readonly agreeing: number
  /** Small faults put into a survivor's changed lines to measure the gates; 0 leaves them unmeasured. */
  readonly mutants: number
  /** When a test of the request is written: with the coders, and waited for; only where survivors leave a doubt; or never. */
  readonly specTest: 'always' | 'on-doubt' | 'never'
  readonly reviewLoops: number
  /** Where groups of survivors are level: take the first, go up a tier, or vote. */
  readonly tie: 'largest' | 'escalate' | 'vote'
  /** Where one survivor stands alone: take it, or go up a tier and compare. */
  readonly alone: 'accept' | 'escalate'
}

/** The dial: what runs at each effort. */
const STRATEGIES: Readonly<Record<Effort, Strategy>> = {
  low: {
    first: 1,
    mayShrink: false,
    giveUpAfter: 2,
    agreeing: 1,
    mutants: 0,
    specTest: 'never',
    reviewLoops: 1,
    tie: 'largest',
    alone: 'accept',
  },
  medium: {
    first: null,
    mayShrink: true,
    giveUpAfter: 4,
    agreeing: 2,
    mutants: 4,
    specTest: 'on-doubt',
    reviewLoops: 3,
    tie: 'escalate',
    alone: 'escalate',
  },
  high: {
    first: null,
    mayShrink: false,
    giveUpAfter: 5,
    agreeing: 3,
    mutants: 6,
    specTest: 'always',
    reviewLoops: 3,
    tie: 'vote',
    alone: 'escalate',
  },
}

/**
 * What runs at this effort; with `first-to-3` nothing but ballots tells survivors apart. Where coders can only follow one
 * another (`sequential`), the next is asked when the one before did not get there; who asked for all there is, gets it.
 */
export function strategyOf(
  effort: Effort,
  voting: 'by-effort' | 'first-to-3',
  { sequential = false }: { readonly sequential?: boolean } = {},
): Strategy {
  const usual = STRATEGIES[effort]
  if (voting === 'first-to-3') return { ...usual, ...BY_BALLOT, ...(sequential && { first: 1 }) }
  if (!sequential) return usual
  return effort === 'high' ? { ...usual, first: 1 } : { ...usual, ...ONE_BY_ONE }
}

const ONE_BY_ONE = { first: 1, agreeing: 1, alone: 'accept' } as const satisfies Partial<Strategy>

const BY_BALLOT = {
  mayShrink: false,
  giveUpAfter: Infinity,
  agreeing: Infinity,
  mutants: 0,
  specTest: 'never',
  tie: 'vote',
  alone: 'accept',
} as const satisfies Partial<Strategy>

/** What a client's `reasoning_effort` asks for; null for a word that means nothing here. */
export function readEffort(word: string): Effort | 'direct' | null {
  switch (word) {
    case 'none':
    case 'minimal':
      return 'direct'
    case 'low':
    case 'medium':
    case 'high':
      return word
    case 'xhigh':
    case 'max':
      return 'high'
    default:
      return null
  }
}
