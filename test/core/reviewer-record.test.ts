import assert from 'node:assert/strict'
import { test } from 'node:test'
import { learnReview, modeOf, NO_REVIEWER_RECORD } from '../../src/core/reviewer-record.ts'

for (const { checked, counted, mode } of [
  { checked: 0, counted: 0, mode: 'shown' },
  { checked: 39, counted: 39, mode: 'shown' },
  { checked: 39, counted: 0, mode: 'shown' },
  { checked: 40, counted: 32, mode: 'trusted' },
  { checked: 40, counted: 31, mode: 'shown' },
  { checked: 40, counted: 6, mode: 'shown' },
  { checked: 40, counted: 5, mode: 'advisory' },
]) {
  test(`a reviewer who was right in ${counted} of ${checked} objections is ${mode}`, () => {
    assert.equal(modeOf({ ...NO_REVIEWER_RECORD, checked, counted }), mode)
  })
}

test('a review is learnt with what its objections came to', () => {
  const once = learnReview(NO_REVIEWER_RECORD, {
    decision: 'reject',
    checks: [{ counts: true }, { counts: false }, { counts: false }],
  })
  assert.deepEqual(once, { reviews: 1, rejections: 1, checked: 3, counted: 1 })
  assert.deepEqual(learnReview(once, { decision: 'approve', checks: [] }), { ...once, reviews: 2 })
})
