import { isWide } from '../escalation.ts'
import type { TierName } from '../task.ts'
import { Policy, type EndpointPlace } from './policy-name.ts'

/** What stays at home, as the configuration says it. */
export type Privacy = {
  readonly policy: Policy
  placeOf(tier: TierName): EndpointPlace
  /** Does this file of a project stay out of every prompt for the cloud? */
  isPrivate(path: string): boolean
}

/** The configured policy, or the one a request asks for where that lets less out. */
export function stricter(configured: Policy, asked: Policy | null): Policy {
  const strictness = (policy: Policy): number => Policy.options.indexOf(policy)
  return asked !== null && strictness(asked) < strictness(configured) ? asked : configured
}

/** Whose turn it is when, under a policy. */
export type Order = {
  /** In the order of escalation; empty where the policy allows none of them. */
  readonly tiers: readonly TierName[]
  /** Those of them that a task may start at. */
  readonly first: readonly TierName[]
  /** Who plans and who reviews, whatever tier an attempt is at; absent: as without a policy. */
  readonly planner?: TierName
  readonly reviewer?: TierName
}

type Request = { readonly request: string; readonly filesOwned: readonly string[] }

/**
 * The order under a policy. The cloud comes last, and nobody there plans or reviews, unless the policy gives it the tasks
 * that are wide: then it plans and reviews those, and comes right after the tier they start at.
 */
export function orderUnder(
  policy: Policy,
  tiers: readonly TierName[],
  placeOf: Privacy['placeOf'],
  { request, filesOwned }: Request,
): Order {
  const local = tiers.filter((tier) => placeOf(tier) === 'local')
  const cloud = tiers.filter((tier) => placeOf(tier) === 'cloud')
  if (policy === 'offline') return { tiers: local, first: local }
  if (cloud.length === 0 || local.length === 0) return { tiers, first: tiers }
  if (policy === 'cloud-for-complex' && isWide(request, filesOwned.length)) return cloudEarly(local, cloud)
  return { tiers: [...local, ...cloud], first: local, reviewer: topOf(local) }
}

function cloudEarly(local: readonly TierName[], cloud: readonly TierName[]): Order {
  const start = local.indexOf('deep')
  const below = start < 0 ? local.slice(0, 1) : local.slice(0, start + 1)
  const first = cloud.includes('deep') ? cloud : below
  return { tiers: [...below, ...cloud], first, planner: topOf(cloud), reviewer: topOf(cloud) }
}

/** The reviewers' own tier, or the highest there is. */
const topOf = (tiers: readonly TierName[]): TierName =>
  tiers.includes('reviewer') ? 'reviewer' : tiers.at(-1)!
