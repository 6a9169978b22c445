import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { shareRoom } from '../../src/core/share-room.ts'

const claims = fc.array(fc.record({ need: fc.nat(5_000), weight: fc.integer({ min: 1, max: 9 }) }), {
  maxLength: 12,
})
const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

test('nobody gets more than he needs, all together never more than there is, and all of it where it is enough', () => {
  fc.assert(
    fc.property(claims, fc.integer({ min: -100, max: 20_000 }), (claims, room) => {
      const given = shareRoom(claims, room)
      const needs = claims.map(({ need }) => need)
      assert.ok(given.every((one, index) => one >= 0 && one <= needs[index]!))
      assert.ok(total(given) <= Math.max(0, room))
      if (total(needs) <= room) assert.deepEqual(given, needs)
      // what rounding loses is less than one for each
      else assert.ok(total(given) >= room - claims.length)
    }),
  )
})

test('whoever needs little leaves the rest to the others, by their weight', () => {
  const given = shareRoom(
    [
      { need: 1_000, weight: 2 },
      { need: 10, weight: 1 },
      { need: 1_000, weight: 1 },
    ],
    310,
  )
  assert.deepEqual(given, [200, 10, 100])
})
