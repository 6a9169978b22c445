import type { Fitted } from './fit.ts'

/** Calls at once that do a model good: no more than are wished for, than its server answers, and than fit into memory. */
export const callsOf = ({ model, contexts }: Fitted): number =>
  Math.max(1, Math.min(model.contexts, contexts ?? Infinity))
