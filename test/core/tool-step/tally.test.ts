import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decide, sizeOf } from '../../../src/core/tool-step/tally.ts'

/** Votes in the order they came: sample and what it wants. */
const votes = (...cast: [number, string][]) => cast.map(([sample, key]) => ({ sample, key }))

test('the effort says how often is asked, and how many have to agree', () => {
  assert.deepEqual(sizeOf('low'), { samples: 1, quorum: 1 })
  assert.deepEqual(sizeOf('medium'), { samples: 3, quorum: 2 })
  assert.deepEqual(sizeOf('high'), { samples: 5, quorum: 3 })
})

test('first to the quorum wins, whoever is still open', () => {
  const medium = sizeOf('medium')
  assert.equal(decide(votes([2, 'a']), 2, medium), null)
  assert.deepEqual(decide(votes([2, 'a'], [1, 'a']), 1, medium), { sample: 1, key: 'a' })
  assert.equal(decide(votes([2, 'a'], [1, 'b']), 1, medium), null)
  assert.equal(decide([], 0, medium), null)
})

test('without a majority most votes win, and among equals the earliest sample', () => {
  const high = sizeOf('high')
  assert.equal(decide(votes([4, 'a'], [0, 'b'], [3, 'c'], [2, 'a'], [1, 'd']), 0, high)?.key, 'a')
  assert.equal(decide(votes([4, 'a'], [3, 'b'], [1, 'c']), 0, high)?.key, 'c')
  assert.equal(decide(votes([3, 'b'], [4, 'b'], [2, 'a'], [0, 'a'], [1, 'c']), 0, high)?.key, 'a')
})

test('a lead that those who are open cannot reach is decided', () => {
  const high = sizeOf('high')
  assert.equal(decide(votes([0, 'a'], [1, 'a']), 1, high)?.key, 'a')
  assert.equal(decide(votes([0, 'a'], [1, 'a']), 2, high), null)
})

test('what is decided early is what would be decided in the end', () => {
  const key = fc.constantFrom('a', 'b', 'c')
  fc.assert(
    fc.property(fc.array(key, { minLength: 5, maxLength: 5 }), fc.nat(5), (keys, heard) => {
      const all = keys.map((key, sample) => ({ sample, key }))
      const early = decide(all.slice(0, heard), 5 - heard, sizeOf('high'))
      if (early) assert.equal(decide(all, 0, sizeOf('high'))?.key, early.key)
    }),
  )
})
