import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { randomFrom, seedOf, shuffle } from '../../src/core/random.ts'

test('the same words give the same seed, and another word another', () => {
  assert.equal(seedOf('task_1', 'a call'), seedOf('task_1', 'a call'))
  assert.notEqual(seedOf('task_1', 'a call'), seedOf('task_2', 'a call'))
  assert.notEqual(seedOf('ab', 'c'), seedOf('a', 'bc'))
})

test('every seat of every attempt has a seed of its own', () => {
  const seeds = [1, 2, 3, 4, 5].flatMap((attempt) =>
    [1, 2, 3, 4, 5].map((seat) => seedOf('task_1', `${attempt}/1/coder/${seat}`)),
  )
  assert.equal(new Set(seeds).size, 25)
})

test('a seed is a non-negative number that also servers with signed seeds take, and never the all-ones one', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (parts) => {
      const seed = seedOf(...parts)
      return Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31 - 1
    }),
  )
})

test('numbers from one seed are the same each time, lie in [0, 1) and fill it evenly', () => {
  const once = Array.from({ length: 2_000 }, randomFrom(7))
  assert.deepEqual(once, Array.from({ length: 2_000 }, randomFrom(7)))
  assert.ok(once.every((number) => number >= 0 && number < 1))
  const perTenth = Array.from(
    { length: 10 },
    (_, tenth) => once.filter((number) => Math.floor(number * 10) === tenth).length,
  )
  assert.ok(
    perTenth.every((count) => count > 140 && count < 260),
    perTenth.join(' '),
  )
})

test('a shuffle keeps every item, and leaves the list it was given alone', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
      const before = [...items]
      const byValue = (one: number, other: number): number => one - other
      assert.deepEqual(shuffle(items, randomFrom(seed)).sort(byValue), items.toSorted(byValue))
      assert.deepEqual(items, before)
    }),
  )
})

test('a shuffle brings every item to every position about equally often', () => {
  const counts = [0, 0, 0, 0]
  for (let seed = 0; seed < 4_000; seed += 1) {
    const at = shuffle(['a', 'b', 'c', 'd'], randomFrom(seedOf(seed))).indexOf('a')
    counts[at]! += 1
  }
  assert.ok(
    counts.every((count) => count > 850 && count < 1_150),
    counts.join(' '),
  )
})
