import type { GateKind, TierName } from './task.ts'

/** What one attempt came to, as far as the policy cares. */
export type Round = {
  readonly tier: TierName
  /** Which failure stopped it, the same for the same failure elsewhere in the code; null where it cannot be told. */
  readonly signature: string | null
  /** Every change it brought was one that had failed before. */
  readonly repeated: boolean
  readonly result:
    /** A change that passed the gates but was not delivered: too large for its tier, or the reviewer kept objecting. */
    | {
        readonly kind: 'verified'
        readonly files: number
        readonly lines: number
        readonly objected: boolean
      }
    /** A change that passed the gates without being convincing, kept to be held against what the next tier writes. */
    | {
        readonly kind: 'held'
        readonly why: 'split' | 'alone'
      }
    /** The best candidate was stopped by this gate. */
    | {
        readonly kind: 'gate-failed'
        readonly gate: GateKind
        readonly findings: number
        readonly located: number
      }
    /** No candidate got as far as the gates. */
    | { readonly kind: 'no-patch' }
}

export type Policy = {
  /** Allowed tiers in the order of escalation. */
  readonly tiers: readonly TierName[]
  /** Tiers that have shown to bring nothing: passed by on the way up. */
  readonly skip: readonly TierName[]
  readonly attemptsPerTier: number
  readonly attempts: number
}

export type Step =
  | {
      readonly kind: 'attempt'
      readonly tier: TierName
      readonly escalation: { from: TierName; reason: string } | null
    }
  | { readonly kind: 'give-up'; readonly reason: string }

// the owner's numbers
const MOST_FILES_FOR_FAST = 5
const LONGEST_REQUEST_FOR_FAST = 1_000
const LARGE_FILES = 3
const LARGE_LINES = 200
/** Findings that a small repair can still mend. */
const FEW_FINDINGS = 3

/** The tier a task starts at: `fast`, or `deep` for wide and long requests. */
export function startTier(tiers: readonly TierName[], request: string, filesOwned: number): TierName {
  if (isWide(request, filesOwned) && tiers.includes('deep')) return 'deep'
  return tiers[0]!
}

/** Is this more than the fast tier is asked for? */
export const isWide = (request: string, filesOwned: number): boolean =>
  filesOwned > MOST_FILES_FOR_FAST || request.length > LONGEST_REQUEST_FOR_FAST

/** Why a change that passed the gates is still too large to trust to this tier; null when it is not. */
export function tooLarge(tier: TierName, change: { files: number; lines: number }): string | null {
  if (tier !== 'fast' && tier !== 'deep') return null
  if (change.lines > LARGE_LINES) return `${change.lines} lines changed, more than ${LARGE_LINES}`
  if (tier === 'fast' && change.files > LARGE_FILES)
    return `${change.files} files changed, more than ${LARGE_FILES}`
  return null
}

/** The whole escalation policy: what happens next, from what has happened so far and nothing else. */
export function nextStep(policy: Policy, start: TierName, rounds: readonly Round[]): Step {
  const last = rounds.at(-1)
  if (!last) return { kind: 'attempt', tier: start, escalation: null }
  if (rounds.length >= policy.attempts)
    return { kind: 'give-up', reason: `all ${policy.attempts} attempts are used` }
  const above = tiersAbove(policy, last.tier)
  const [higher] = above
  if (higher === undefined) return stepAtTheTop(policy, rounds)
  const reason = whyEscalate(policy, rounds)
  const isLastAttempt = rounds.length === policy.attempts - 1
  if (isLastAttempt) {
    const forced = 'the last attempt belongs to the highest tier'
    return {
      kind: 'attempt',
      tier: above.at(-1)!,
      escalation: { from: last.tier, reason: reason ?? forced },
    }
  }
  if (reason === null) return { kind: 'attempt', tier: last.tier, escalation: null }
  return { kind: 'attempt', tier: higher, escalation: { from: last.tier, reason } }
}

const tiersAbove = ({ tiers, skip }: Policy, tier: TierName): TierName[] =>
  tiers.slice(tiers.indexOf(tier) + 1).filter((other) => !skip.includes(other))

/** With nowhere to go, what leads nowhere ends the task; what it met on its way up is not held against the top. */
function stepAtTheTop({ attemptsPerTier }: Policy, rounds: readonly Round[]): Step {
  const { tier } = rounds.at(-1)!
  const here = inTier(rounds, tier)
  const stuck = here.length > 1 ? leadsNowhere(here) : null
  if (stuck !== null) return { kind: 'give-up', reason: `${stuck}, and there is no tier above ${tier}` }
  if (here.length < attemptsPerTier) return { kind: 'attempt', tier, escalation: null }
  return { kind: 'give-up', reason: `${attemptsPerTier} attempts at ${tier}, and no tier above it` }
}

/** The rule that sends the task up, in words; null while the tier may try again. */
function whyEscalate(policy: Policy, rounds: readonly Round[]): string | null {
  const last = rounds.at(-1)!
  const here = inTier(rounds, last.tier)
  const { result } = last
  const large = result.kind === 'verified' && !result.objected ? tooLarge(last.tier, result) : null
  if (large !== null) return large
  if (result.kind === 'held') return WHY_HELD[result.why]
  if (failedTwice(here, 'build')) return 'the build failed twice'
  if (failedTwice(here, 'typecheck')) return 'type errors persist'
  const stuck = leadsNowhere(here) ?? sameFailure(rounds)
  if (stuck !== null) return stuck
  if (last.tier === 'deep' && result.kind === 'gate-failed') {
    if (result.located === 0) return `the failure of ${result.gate} is unclear`
    if (result.findings <= FEW_FINDINGS) return `${result.gate} needs a minimal repair`
  }
  if (here.length >= policy.attemptsPerTier)
    return `${here.length} attempts at ${last.tier} did not get there`
  return null
}

const WHY_HELD = {
  split: 'the candidates that passed are split',
  alone: 'one candidate that passed is not enough to be convinced',
} as const

/** Why another attempt at the tier of these rounds is worth nothing; null where it may be. */
function leadsNowhere(here: readonly Round[]): string | null {
  if (here.at(-1)!.repeated) return 'what had failed before came again'
  const recent = here.slice(-2)
  if (recent.length === 2 && recent.every(({ result }) => result.kind === 'no-patch'))
    return 'two attempts in a row gave no usable patch'
  return sameFailure(here)
}

function sameFailure(rounds: readonly Round[]): string | null {
  const [before, last] = rounds.slice(-2)
  const isSame = last !== undefined && last.signature !== null && last.signature === before?.signature
  return isSame ? 'the same failure came twice in a row' : null
}

const inTier = (rounds: readonly Round[], tier: TierName): readonly Round[] =>
  rounds.filter((round) => round.tier === tier)

function failedTwice(rounds: readonly Round[], gate: GateKind): boolean {
  const recent = rounds.slice(-2)
  return (
    recent.length === 2 && recent.every(({ result }) => result.kind === 'gate-failed' && result.gate === gate)
  )
}
