import { z } from 'zod'

/** US dollars for a million tokens. */
const Price = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })

/** What the cloud would have taken. */
export const Prices = z.strictObject({
  /** Where the numbers are from, and of which day; shown with every estimate. */
  source: z.string().min(1).default('prices of the configuration'),
  /** For every model that is not named. */
  usual: Price,
  /** By a model's name. */
  models: z.record(z.string(), Price).default({}),
})
export type Prices = z.infer<typeof Prices>

/** A large hosted model, so that there is something to compare with where nobody has configured anything. */
export const DEFAULT_PRICES: Prices = {
  source:
    'an assumed price of 3 USD for a million tokens in and 15 USD out, as of 2026-11, checked against no price list; "prices" sets your own',
  usual: { input: 3, output: 15 },
  models: {},
}

/** Tokens that went to a model. */
export type Consumed = {
  readonly model: string
  readonly place: 'local' | 'cloud'
  readonly promptTokens: number
  readonly completionTokens: number
}

/** Dollars: what was paid to the cloud, and what would have been had all of it gone there. An estimate, both. */
export type Estimate = { readonly paid: number; readonly allCloud: number; readonly saved: number }

/** What local models have saved against the cloud, at these prices. Local tokens are counted at the usual price. */
export function estimateSaving(consumed: readonly Consumed[], prices: Prices): Estimate {
  const dollars = ({ model, place, promptTokens, completionTokens }: Consumed): number => {
    const named = place === 'cloud' && Object.hasOwn(prices.models, model) ? prices.models[model] : undefined
    const { input, output } = named ?? prices.usual
    return (promptTokens * input + completionTokens * output) / 1_000_000
  }
  const sum = (place: Consumed['place']): number =>
    consumed.filter((one) => one.place === place).reduce((total, one) => total + dollars(one), 0)
  const [paid, saved] = [sum('cloud'), sum('local')]
  return { paid, saved, allCloud: paid + saved }
}
