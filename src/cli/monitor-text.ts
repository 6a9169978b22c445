import type { Estimate, Prices } from '../core/prices.ts'
import type { Sum } from '../records/ledger.ts'
import { table } from './table.ts'

/** What the ledger says of some days. */
export type LedgerReport = {
  readonly days: number
  readonly sums: readonly Sum[]
  readonly prices: Prices
  readonly estimate: Estimate
}

/** The report as tables, and the estimate with the prices it stands on. */
export function tellLedger({ days, sums, prices, estimate }: LedgerReport): string {
  const since = days === 1 ? 'today' : `the last ${days} days`
  if (sums.length === 0) return `No model was asked in ${since}; this fills as you work.`
  const parts = [
    `Tokens of ${since}`,
    tableBy('place', sums, ({ place }) => place),
    tableBy('day', sums, ({ day, place }) => `${day} ${place}`),
    tableBy('model', sums, ({ model, place }) => `${model} (${place})`),
    tableBy('stage', sums, ({ stage, place }) => `${stage} (${place})`),
    ...directNote(sums),
    saving(estimate, prices),
  ]
  return parts.join('\n\n')
}

function tableBy(head: string, sums: readonly Sum[], keyOf: (sum: Sum) => string): string {
  const rows = [...Map.groupBy(sums, keyOf)].map(([key, group]) => {
    const sum = (of: (one: Sum) => number): number => group.reduce((total, one) => total + of(one), 0)
    return [
      key,
      sum(({ calls }) => calls),
      sum(({ promptTokens }) => promptTokens),
      sum(({ completionTokens }) => completionTokens),
      Math.round(sum(({ ms }) => ms) / 1000),
    ]
  })
  return table([head, 'calls', 'prompt', 'completion', 'seconds'], rows)
}

/** Answers that go straight through are not read, so their tokens are nobody's to count. */
function directNote(sums: readonly Sum[]): string[] {
  if (!sums.some(({ stage, estimated }) => stage === 'direct' && estimated > 0)) return []
  return [
    'Of direct calls whose upstream did not tell what they took, only what was sent is known (estimated from its length); their seconds are until the answer began.',
  ]
}

function saving({ paid, allCloud, saved }: Estimate, { source, usual }: Prices): string {
  const share = allCloud === 0 ? 0 : Math.round((100 * saved) / allCloud)
  return [
    `Saved, by estimate: ${dollars(saved)} of the ${dollars(allCloud)} that all of it would have been in the cloud (${share} %); spent there: ${dollars(paid)}`,
    `Prices: ${dollars(usual.input)} in and ${dollars(usual.output)} out for a million tokens; ${source}`,
  ].join('\n')
}

const dollars = (amount: number): string => `$${amount.toFixed(2)}`
