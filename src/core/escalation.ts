import type { GateKind, TierName } from './task.ts'

/** What one attempt came to, as far as the policy cares. */
export type Round = {
  readonly tier: TierName
  readonly result:
    /** A change that passed the gates but was not delivered: too large for its tier, or the reviewer kept objecting. */
    | {
        readonly kind: 'verified'
        readonly files: number
        readonly lines: number
        readonly objected: boolean
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

// B1 and B2 of the requirements: the numbers are the owner's
const MOST_FILES_FOR_FAST = 5
const LONGEST_REQUEST_FOR_FAST = 1_000
const LARGE_FILES = 3
const LARGE_LINES = 200
/** Findings that a small repair can still mend. */
const FEW_FINDINGS = 3

/** The tier a task starts at: `fast`, or `deep` for wide and long requests. */
export function startTier(tiers: readonly TierName[], request: string, filesOwned: number): TierName {
  const wide = filesOwned > MOST_FILES_FOR_FAST || request.length > LONGEST_REQUEST_FOR_FAST
  if (wide && tiers.includes('deep')) return 'deep'
  return tiers[0]!
}

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

  const top = policy.tiers.at(-1)!
  const higher = policy.tiers[policy.tiers.indexOf(last.tier) + 1]
  const reason = whyEscalate(policy, rounds)
  if (higher === undefined) {
    if (inTier(rounds, last.tier).length < policy.attemptsPerTier) {
      return { kind: 'attempt', tier: last.tier, escalation: null }
    }
    return {
      kind: 'give-up',
      reason: `${policy.attemptsPerTier} attempts at ${last.tier}, and no tier above it`,
    }
  }
  const isLastAttempt = rounds.length === policy.attempts - 1
  if (isLastAttempt) {
    return {
      kind: 'attempt',
      tier: top,
      escalation: { from: last.tier, reason: reason ?? 'the last attempt belongs to the highest tier' },
    }
  }
  if (reason === null) return { kind: 'attempt', tier: last.tier, escalation: null }
  return { kind: 'attempt', tier: higher, escalation: { from: last.tier, reason } }
}

/** The rule that sends the task up, in words; null while the tier may try again. */
function whyEscalate(policy: Policy, rounds: readonly Round[]): string | null {
  const last = rounds.at(-1)!
  const here = inTier(rounds, last.tier)
  const large =
    last.result.kind === 'verified' && !last.result.objected ? tooLarge(last.tier, last.result) : null
  if (large !== null) return large
  if (failedTwice(here, 'build')) return 'the build failed twice'
  if (failedTwice(here, 'typecheck')) return 'type errors persist'
  if (last.tier === 'deep' && last.result.kind === 'gate-failed') {
    if (last.result.located === 0) return `the failure of ${last.result.gate} is unclear`
    if (last.result.findings <= FEW_FINDINGS) return `${last.result.gate} needs a minimal repair`
  }
  if (here.length >= policy.attemptsPerTier)
    return `${here.length} attempts at ${last.tier} did not get there`
  return null
}

const inTier = (rounds: readonly Round[], tier: TierName): readonly Round[] =>
  rounds.filter((round) => round.tier === tier)

function failedTwice(rounds: readonly Round[], gate: GateKind): boolean {
  const recent = rounds.slice(-2)
  return (
    recent.length === 2 && recent.every(({ result }) => result.kind === 'gate-failed' && result.gate === gate)
  )
}
