import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { clustersOf } from '../../src/core/agreement.ts'
import { decidedBy, isLost, isOutOfReach, leaderOf } from '../../src/core/closing.ts'
import type { Candidate } from '../../src/core/task.ts'

const verified = (seat: number, form: string): Candidate => ({
  state: 'verified',
  place: { subtask: '1', seat },
  patch: { tree: `${form}${seat}`, diff: '', files: ['a.ts'], lines: 10 },
  gates: [],
  form,
})
const failed = (seat: number): Candidate => ({
  state: 'failed',
  place: { subtask: '1', seat },
  code: 'no_patch',
  reason: 'prose',
})
const forms = (letters: string): Candidate[] =>
  Array.from(letters, (letter, index) => (letter === '-' ? failed(index + 1) : verified(index + 1, letter)))
const rule = { agreeing: 2 }

for (const { letters, winner } of [
  { letters: '', winner: null },
  { letters: 'a', winner: null },
  { letters: 'ab', winner: null },
  { letters: 'aa', winner: 'a' },
  { letters: 'aab', winner: 'a' },
  { letters: 'aabb', winner: null },
  { letters: '--a', winner: null },
  { letters: 'a-a', winner: 'a' },
]) {
  test(`with two who have to agree, ${letters || 'nobody'} is ${winner === null ? 'open' : `decided for ${winner}`}`, () => {
    assert.equal(decidedBy(clustersOf(forms(letters)), rule)?.form ?? null, winner)
  })
}

test('where one is enough, whoever stands alone decides it', () => {
  assert.equal(decidedBy(clustersOf(forms('-a')), { agreeing: 1 })?.form, 'a')
  assert.equal(decidedBy(clustersOf(forms('ab')), { agreeing: 1 }), null)
})

test('whoever decides a contest is the one leader of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c', '-'), { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      (letters, agreeing) => {
        const clusters = clustersOf(forms(letters.join('')))
        const decided = decidedBy(clusters, { agreeing })
        if (decided) assert.equal(decided, leaderOf(clusters))
      },
    ),
  )
})

test('coders that could not be reached do not make an attempt a lost one', () => {
  const unreached = { ...failed(1), code: 'upstream' } as const
  assert.equal(isLost([unreached, unreached, unreached], { giveUpAfter: 2 }), false)
  assert.equal(isOutOfReach(unreached), true)
  assert.equal(isOutOfReach(failed(1)), false)
})

test('an attempt is lost when enough have failed and nobody has passed', () => {
  const after = { giveUpAfter: 3 }
  assert.equal(isLost(forms('--'), after), false)
  assert.equal(isLost(forms('---'), after), true)
  assert.equal(isLost(forms('--a-'), after), false)
})
