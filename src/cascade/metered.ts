import type { Meter } from './meter.ts'
import type { ModelReply, Models } from './ports.ts'

/** The same models, whose calls count against a task's budget and end with it. */
export function metered(models: Models, meter: Meter): Models {
  const once = tellOnce()
  return {
    ...models,
    async *call(request, signal) {
      signal.throwIfAborted()
      meter.calls.throwIfAborted()
      const reply = yield* models.call(request, AbortSignal.any([signal, meter.calls]))
      meter.add(reply.usage)
      return once(reply, models.modelOf(request.tier))
    },
    ...(models.warm && {
      async warm(tier, messages, signal) {
        if (meter.spent()) return null
        const usage = (await models.warm?.(tier, messages, signal)) ?? null
        if (usage) meter.add(usage)
        return usage
      },
    }),
  }
}

/** That a server cuts prompts, or that another stands in for it, is news only the first time. */
function tellOnce(): (reply: ModelReply, model: string) => ModelReply {
  const told = new Set<string>()
  const isNews = (what: string): boolean => !told.has(what) && Boolean(told.add(what))
  return ({ cut, standIn, ...reply }, model) => ({
    ...reply,
    ...(cut && isNews(`cut ${model}`) ? { cut } : {}),
    ...(standIn && isNews(`${standIn.model} at ${standIn.at} for ${standIn.for}`) ? { standIn } : {}),
  })
}
