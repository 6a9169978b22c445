import type { Meter } from './meter.ts'
import type { Models } from './ports.ts'

/** The same models, whose calls count against a task's budget and end with it. */
export function metered(models: Models, meter: Meter): Models {
  return {
    tiers: models.tiers,
    modelOf: (tier) => models.modelOf(tier),
    async *call(request, signal) {
      signal.throwIfAborted()
      meter.calls.throwIfAborted()
      const reply = yield* models.call(request, AbortSignal.any([signal, meter.calls]))
      meter.add(reply.usage)
      return reply
    },
  }
}
