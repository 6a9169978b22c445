import { callsOf } from './calls.ts'
import { gigabytes } from './gigabytes.ts'
import type { Fitted } from './fit.ts'

export type SequentialWish = 'auto' | 'on' | 'off'

/**
 * Why calls are made one at a time, one model after the other; null where they need not be. By itself it is so where
 * every model at home has one context at a time, and more was wished for.
 */
export function whySequential(wish: SequentialWish, fitted: readonly Fitted[], room: number): string | null {
  if (wish === 'off') return null
  if (wish === 'on') return 'the configuration says so'
  const [first] = fitted
  if (!first || first.model.wished === 1 || fitted.some((one) => callsOf(one) > 1)) return null
  const { model, contexts } = first
  if (model.slots === 1) return `${model.model} answers one request at a time`
  const what = contexts === 0 ? 'do not hold' : 'hold one context of'
  return `${gigabytes(room)} ${what} ${model.model}`
}
