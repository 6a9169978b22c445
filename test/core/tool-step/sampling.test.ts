import assert from 'node:assert/strict'
import { test } from 'node:test'
import { costOf } from '../../../src/core/tool-step/cost.ts'
import { samplingOf } from '../../../src/core/tool-step/sampling.ts'

const step = 'step_1'
const all = (wish: Parameters<typeof samplingOf>[0]) =>
  [0, 1, 2, 3, 4].map((sample) => samplingOf(wish, { sample, again: false, step }))

test('the first sample is asked as the client asked, the others near it and each in its own way', () => {
  const [first, ...others] = all({ temperature: 0, seed: 7 })
  assert.deepEqual(first, {})
  assert.ok(others.every(({ temperature }) => temperature! >= 0.2 && temperature! <= 0.4))
  assert.equal(new Set(others.map(({ seed }) => seed)).size, 4)
  assert.ok(
    all({})
      .slice(1)
      .every(({ temperature }) => temperature! >= 0.5 && temperature! <= 0.9),
  )
  assert.ok(
    all({ temperature: 2 })
      .slice(1)
      .every(({ temperature }) => temperature! <= 2),
  )
})

test('the same seed asks for the same samples, and a sample that is asked again for another', () => {
  assert.deepEqual(all({ seed: 7 }), all({ seed: 7 }))
  assert.notDeepEqual(all({ seed: 7 }), all({ seed: 8 }))
  const again = samplingOf({ temperature: 0, seed: 7 }, { sample: 0, again: true, step })
  assert.notEqual(again.seed, undefined)
  assert.notEqual(again.temperature, 0)
})

test('a step costs what all its samples cost, those that were cancelled by what was heard of them', () => {
  const counted = { prompt: 100, cached: 20, completion: 10, reasoning: 4 }
  const samples = [
    { counted, said: 30, thought: 10 },
    { counted: null, said: 35, thought: 35 },
  ]
  assert.deepEqual(costOf(samples, 9_999), { prompt: 200, cached: 20, completion: 30, reasoning: 14 })
  assert.equal(costOf([{ counted: null, said: 0, thought: 0 }], 350).prompt, 100)
})
