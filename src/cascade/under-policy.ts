import { SwarmError } from '../core/errors.ts'
import { orderUnder, stricter, type Order, type Privacy } from '../core/privacy/policy.ts'
import type { Policy } from '../core/privacy/policy-name.ts'
import type { Task, TierName } from '../core/task.ts'
import type { Models, Ports, Stage } from './ports.ts'

/**
 * The models as this task's policy lets it use them; says so where there is a choice. Throws 'forbidden' where the policy
 * leaves none.
 */
export async function* underPolicy(task: Task, { models, privacy }: Ports): Stage<Models> {
  if (!privacy) return models
  const policy = stricter(privacy.policy, task.policy ?? null)
  const order = orderUnder(policy, models.tiers, (tier) => privacy.placeOf(tier), task)
  if (order.tiers.length === 0) {
    throw new SwarmError('forbidden', 'the policy is offline, and every model that is known is in the cloud')
  }
  const cloud = order.tiers.filter((tier) => privacy.placeOf(tier) === 'cloud')
  if (cloud.length > 0 || policy !== privacy.policy) yield policySet(policy, cloud, order)
  return inOrder(models, order, privacy)
}

const policySet = (policy: Policy, cloud: TierName[], { tiers, planner, reviewer }: Order) =>
  ({
    type: 'policy_set',
    policy,
    local: tiers.filter((tier) => !cloud.includes(tier)),
    cloud,
    planner: planner ?? null,
    reviewer: reviewer ?? null,
  }) as const

function inOrder(models: Models, { tiers, first, planner, reviewer }: Order, privacy: Privacy): Models {
  const isLocal = (tier: TierName): boolean => privacy.placeOf(tier) === 'local'
  return {
    ...models,
    tiers,
    first,
    chairs: { ...(planner && { planner }), ...(reviewer && { reviewer }) },
    // to have a text counted or read ahead is to show it
    ...(models.countTokens && {
      countTokens: async (tier, messages, signal) =>
        isLocal(tier) ? models.countTokens!(tier, messages, signal) : null,
    }),
    ...(models.warm && {
      warm: async (tier, messages, signal) => (isLocal(tier) ? models.warm!(tier, messages, signal) : null),
    }),
  }
}
