import { nextStep, startTier, type Policy, type Round } from '../core/escalation.ts'
import { skips, startsAt, type TaskKind } from '../core/experience.ts'
import { kindOf } from '../core/task-kind.ts'
import type { Budget, Task, TierName } from '../core/task.ts'
import { roundOf, type Attempt } from './memory.ts'
import type { Ports } from './ports.ts'

/** Where a task starts, how it goes up, and when it gives up. */
export type Course = {
  readonly policy: Policy
  readonly start: TierName
  readonly kind: TaskKind
  /** What earlier tasks taught about it, where that changes anything. */
  readonly lessons: readonly string[]
}

/** Sets the course of a task: the owner's rules, bent by what earlier tasks have shown. */
export function courseOf(task: Task, budget: Budget, { models, limits, experience }: Ports): Course {
  const { tiers } = models
  const kind = kindOf(task.request)
  const rate = (tier: TierName) => experience.rate(tier, kind)
  const first = models.first ?? tiers
  const usual = startTier(first, task.request, task.filesOwned.length)
  const start = startsAt(first, usual, kind, rate(usual))
  const above = tiers.slice(tiers.indexOf(start.value) + 1)
  const passed = above.map((tier) => ({ tier, ...skips(tiers, tier, kind, rate(tier)) }))
  return {
    policy: {
      tiers,
      skip: passed.filter(({ value }) => value).map(({ tier }) => tier),
      attemptsPerTier: limits.attemptsPerTier,
      attempts: Math.min(limits.attempts, budget.attempts ?? limits.attempts),
    },
    start: start.value,
    kind,
    lessons: [start, ...passed].flatMap(({ reason }) => reason ?? []),
  }
}

/** What comes next after these attempts. */
export const nextAfter = ({ policy, start }: Course, attempts: readonly Attempt[]) =>
  nextStep(policy, start, attempts.map(roundOf))

/** Would the next attempt after this result be one of a higher tier? */
export function goesUp(
  result: Round['result'],
  tier: TierName,
  { policy, start }: Course,
  attempts: readonly Attempt[],
): boolean {
  const round: Round = { tier, signature: null, repeated: false, result }
  const next = nextStep(policy, start, [...attempts.map(roundOf), round])
  return next.kind === 'attempt' && next.escalation !== null
}
