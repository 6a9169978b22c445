import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_PRICES, estimateSaving, Prices } from '../../src/core/prices.ts'

const million = (place: 'local' | 'cloud', model: string) =>
  ({ place, model, promptTokens: 1_000_000, completionTokens: 1_000_000 }) as const

test('local tokens are saved at the usual price, and cloud tokens are paid at their model’s', () => {
  const prices = Prices.parse({ usual: { input: 1, output: 4 }, models: { big: { input: 10, output: 30 } } })
  const consumed = [million('local', 'small'), million('cloud', 'big'), million('cloud', 'other')]
  assert.deepEqual(estimateSaving(consumed, prices), { paid: 45, saved: 5, allCloud: 50 })
})

test('a price for a name is no price of what stands in for it at home, and no prices need to be set', () => {
  const prices = Prices.parse({ usual: { input: 1, output: 1 }, models: { big: { input: 9, output: 9 } } })
  assert.equal(estimateSaving([million('local', 'big')], prices).saved, 2)
  assert.deepEqual(estimateSaving([], DEFAULT_PRICES), { paid: 0, saved: 0, allCloud: 0 })
})
