import type { SwarmEvent } from '../core/event.ts'
import type { Plan } from '../core/task.ts'
import { wholeDraft } from './contest/seats.ts'
import { fitPrompt } from './fit-prompt.ts'
import { makePlan } from './plan.ts'
import type { Message, Stage } from './ports.ts'
import { race } from './race.ts'
import type { Setting } from './setting.ts'

/**
 * Makes the plan, and meanwhile has the coders' server read what all of them will be told. Once for each tier: what
 * earlier attempts have read is still there.
 */
export async function* planAndWarm(
  setting: Setting,
  { isFirst }: { readonly isFirst: boolean },
  signal: AbortSignal,
): Stage<Plan> {
  if (!isFirst || !setting.ports.models.warm) return yield* makePlan(setting, signal)
  const done = yield* race<SwarmEvent, Plan | null>(
    [(signal) => makePlan(setting, signal), (signal) => warmUp(setting, signal)],
    (results) => results.some((plan) => plan !== null),
    signal,
  )
  return done.find((plan) => plan !== null)!
}

/** Never a plan. Does nothing where that would not help. */
async function* warmUp(setting: Setting, signal: AbortSignal): Stage<null> {
  const { tier, ports } = setting
  const { clock, models } = ports
  const startedAt = clock.now()
  const messages = await sharedMessages(setting, signal)
  const usage = messages && (await models.warm?.(tier, messages, signal))
  if (!usage) return null
  const latencyMs = Math.round(clock.now() - startedAt)
  yield { type: 'prefix_warmed', tier, model: models.modelOf(tier), usage, latencyMs }
  return null
}

/**
 * What every coder's prompt will begin with, whatever the plan; null where that is not known yet, because not all of the
 * project's files fit in, and the plan will say which.
 */
async function sharedMessages(setting: Setting, signal: AbortSignal): Promise<Message[] | null> {
  const { brief, project, task, tier, ports } = setting
  const whole = { id: '1', description: brief.request, filesOwned: task.filesOwned, dependsOn: [] }
  const draft = await wholeDraft(whole, project.base, setting)
  if (!draft) return null
  const asker = { role: 'coder', place: { subtask: '1', seat: 1 }, tier } as const
  const fitted = await fitPrompt(draft, asker, ports, signal).next()
  // told of something that was left out: what the coders get will be cut in another place
  return fitted.done ? fitted.value().messages : null
}
