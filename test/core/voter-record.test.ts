import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Ballot } from '../../src/core/task.ts'
import {
  EXAM_BALLOTS,
  learnBallots,
  NO_VOTER_RECORD,
  standingOf,
  type VoterRecord,
} from '../../src/core/voter-record.ts'

const record = (known: Partial<VoterRecord>): VoterRecord => ({ ...NO_VOTER_RECORD, ...known })
const ballot = (known: Partial<Ballot>): Ballot => ({
  voter: 1,
  choice: 0,
  reply: 'K',
  position: 0,
  pair: null,
  truth: null,
  ...known,
})

for (const { known, admitted, needsExam, reason } of [
  { known: {}, admitted: false, needsExam: true, reason: /not examined yet/ },
  {
    known: { labelled: 12, right: 12 },
    admitted: true,
    needsExam: false,
    reason: /12 of 12 known pairs right/,
  },
  { known: { labelled: 10, right: 8 }, admitted: false, needsExam: true, reason: /not examined yet/ },
  {
    known: { labelled: 30, right: 10 },
    admitted: false,
    needsExam: false,
    reason: /hardly better than chance/,
  },
  {
    known: { labelled: 40, right: 23 },
    admitted: false,
    needsExam: false,
    reason: /too often wrong, 23 of 40/,
  },
  { known: { labelled: 38, right: 23 }, admitted: false, needsExam: true, reason: /not examined yet/ },
  {
    known: { labelled: EXAM_BALLOTS, right: 73 },
    admitted: false,
    needsExam: false,
    reason: /not shown to be better/,
  },
  {
    known: { labelled: 50, right: 45, valid: 50, first: 39 },
    admitted: false,
    needsExam: false,
    reason: /what is shown first, on 39 of 50/,
  },
  {
    known: { labelled: 50, right: 45, valid: 50, first: 37 },
    admitted: true,
    needsExam: false,
    reason: /better than chance/,
  },
  {
    known: { labelled: 39, right: 39, valid: 39, first: 39 },
    admitted: true,
    needsExam: false,
    reason: /better than chance/,
  },
  {
    known: { labelled: 40, right: 36, pairs: 20, consistent: 9 },
    admitted: false,
    needsExam: false,
    reason: /contradicts itself .* on 11 of 20 pairs/,
  },
  {
    known: { labelled: 40, right: 36, pairs: 20, consistent: 10 },
    admitted: true,
    needsExam: false,
    reason: /better than chance/,
  },
  {
    known: { valid: 17, invalid: 3 },
    admitted: false,
    needsExam: false,
    reason: /3 of 20 replies were no valid ballot/,
  },
  {
    known: { labelled: 18, right: 18, valid: 18, invalid: 2 },
    admitted: true,
    needsExam: false,
    reason: /better than chance/,
  },
  { known: { invalid: 19 }, admitted: false, needsExam: true, reason: /not examined yet/ },
]) {
  test(`a voter with ${JSON.stringify(known)} is ${admitted ? 'admitted' : needsExam ? 'to be examined' : 'off'}`, () => {
    const standing = standingOf(record(known))
    assert.equal(standing.admitted, admitted)
    assert.equal(standing.needsExam, needsExam)
    assert.match(standing.reason, reason)
  })
}

test('nobody is admitted who is right less often than three times of five on forty known ballots or more', () => {
  const counts = fc.record({
    labelled: fc.integer({ min: 40, max: 400 }),
    share: fc.double({ min: 0, max: 0.599, noNaN: true }),
  })
  fc.assert(
    fc.property(counts, ({ labelled, share }) => {
      const right = Math.floor(labelled * share)
      return !standingOf(record({ labelled, right })).admitted
    }),
  )
})

test('ballots are added up: what was valid, what stood first, what was right, and which pairs agree with themselves', () => {
  const learnt = learnBallots(record({ valid: 5, first: 2 }), [
    ballot({ pair: 0, choice: 0, position: 0, truth: 0 }),
    ballot({ pair: 0, choice: 0, position: 1, truth: 0 }),
    ballot({ pair: 1, choice: 0, position: 0, truth: 0 }),
    ballot({ pair: 1, choice: 1, position: 0, truth: 0 }),
    ballot({ pair: 2, choice: null, position: null, truth: 0 }),
    ballot({ pair: 2, choice: 1, position: 1, truth: 0 }),
    ballot({ choice: 2, position: 1 }),
  ])
  assert.deepEqual(learnt, {
    labelled: 5,
    right: 3,
    valid: 11,
    first: 5,
    invalid: 1,
    pairs: 2,
    consistent: 1,
  })
})

test('nothing learnt changes nothing', () => {
  const known = record({ labelled: 3, right: 2, valid: 4 })
  assert.deepEqual(learnBallots(known, []), known)
})
