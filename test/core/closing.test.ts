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
const rule = { agreeing: { strong: 1, weak: 2 } }

for (const { letters, strong, winner } of [
  { letters: '', strong: '', winner: null },
  { letters: 'a', strong: '', winner: null },
  { letters: 'a', strong: 'a', winner: 'a' },
  { letters: 'a', strong: 'b', winner: null },
  { letters: 'aa', strong: '', winner: 'a' },
  { letters: 'ab', strong: 'a', winner: null },
  { letters: 'aab', strong: '', winner: 'a' },
  { letters: 'aabb', strong: 'ab', winner: null },
  { letters: '--a', strong: '', winner: null },
]) {
  const gates = strong === '' ? 'weak gates' : `gates strong for ${strong}`
  test(`${letters || 'nobody'} behind ${gates} is ${winner === null ? 'open' : `decided for ${winner}`}`, () => {
    const decided = decidedBy(clustersOf(forms(letters)), ({ form }) => strong.includes(form), rule)
    assert.equal(decided?.form ?? null, winner)
  })
}

test('whoever decides a contest is the one leader of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c', '-'), { maxLength: 8 }),
      fc.boolean(),
      (letters, strong) => {
        const clusters = clustersOf(forms(letters.join('')))
        const decided = decidedBy(clusters, () => strong, rule)
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
