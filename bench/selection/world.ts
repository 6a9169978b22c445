import type { TierName } from '../../src/core/task.ts'

/** What goes wrong with a reply that is not right. */
export const FAULTS = [
  'logic',
  'mistyped',
  'malformed',
  'wrong-file',
  'prose',
  'truncated',
  'tampered',
] as const
export type Fault = (typeof FAULTS)[number]

/** A world to choose in: how good its models and its gates are. Nobody in it learns; the server may. */
export type World = {
  readonly name: string
  /** How often a coder of the lowest tier is right. */
  readonly p: number
  /** Correlation of the answers to one task: between seats, and between tiers. */
  readonly correlation: number
  /** Each tier is wrong this much as often as the one below. */
  readonly failuresKept: number
  /** How often the gates catch a logic error, over all tasks. */
  readonly d: number
  /** Shares of wrong replies. */
  readonly faults: Readonly<Record<Fault, number>>
  readonly voter: {
    /** How often it names a right option, where there is a right and a wrong one. */
    readonly q: number
    /** How often it names what is shown first, whatever that is. */
    readonly first: number
    readonly invalid: number
  }
  readonly reviewer: {
    readonly approvesRight: number
    readonly approvesWrong: number
    /** How often an objection brings a test; to a change that is wrong it shows that, else it shows nothing. */
    readonly checks: number
  }
  readonly tester: {
    /** How often the test of the request tests what was asked, and how often a wrong change then fails it. */
    readonly right: number
    readonly catches: number
  }
}

export const TIERS: readonly TierName[] = ['fast', 'deep', 'reviewer']

/**
 * Most wrong replies that models give to small tasks look right: they parse, apply and type-check. The shares of the
 * others are an assumption, and every other number here is one too: no real model stands behind them.
 */
const FAULT_SHARES: World['faults'] = {
  logic: 0.7,
  mistyped: 0.1,
  malformed: 0.06,
  'wrong-file': 0.04,
  prose: 0.04,
  truncated: 0.04,
  tampered: 0.02,
}

export const TYPICAL: World = {
  name: 'typical',
  p: 0.75,
  correlation: 0.6,
  failuresKept: 0.6,
  d: 0.7,
  faults: FAULT_SHARES,
  voter: { q: 0.65, first: 0.1, invalid: 0.02 },
  reviewer: { approvesRight: 0.85, approvesWrong: 0.6, checks: 0.6 },
  tester: { right: 0.6, catches: 0.8 },
}

/** Every wrong reply is one that looks right: the gates see all of them. What the goals were computed with. */
export const ONLY_LOGIC: World['faults'] = {
  logic: 1,
  mistyped: 0,
  malformed: 0,
  'wrong-file': 0,
  prose: 0,
  truncated: 0,
  tampered: 0,
}

/** Worlds in which somebody does harm. */
export const HARMFUL: readonly World[] = [
  { ...TYPICAL, name: 'harmful voter, q = .35', voter: { q: 0.35, first: 0.1, invalid: 0.02 } },
  { ...TYPICAL, name: 'voter that names the first, .9', voter: { q: 0.65, first: 0.9, invalid: 0.02 } },
  {
    ...TYPICAL,
    name: 'over-correcting reviewer',
    reviewer: { approvesRight: 0.2, approvesWrong: 0.1, checks: 0.6 },
  },
  {
    ...TYPICAL,
    name: 'tampering coders',
    p: 0.6,
    faults: { ...FAULT_SHARES, logic: 0.2, tampered: 0.52 },
  },
]

/** How often a tier's coder is right. */
export const accuracyOf = ({ p, failuresKept }: World, tier: TierName): number =>
  1 - (1 - p) * failuresKept ** TIERS.indexOf(tier)
