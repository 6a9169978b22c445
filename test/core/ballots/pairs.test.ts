import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { aheadBy, settleByScores, settlePair, tallyPairs } from '../../../src/core/ballots/pairs.ts'
import type { Ballot } from '../../../src/core/task.ts'

const RULE = { lead: 2, pairs: 3 }
const ballot = (pair: number, choice: number | null): Ballot => ({
  voter: 1,
  choice,
  reply: '',
  position: null,
  pair,
  truth: null,
})
/** Pairs one after the other, `01` for one that names either option once. */
const pairs = (...words: string[]): Ballot[] =>
  words.flatMap((word, pair) => Array.from(word, (mark) => ballot(pair, mark === '-' ? null : Number(mark))))

for (const { cast, expected } of [
  { cast: [], expected: { kind: 'open' } },
  { cast: ['11'], expected: { kind: 'open' } },
  { cast: ['11', '11'], expected: { kind: 'won', choice: 1 } },
  { cast: ['00', '01', '00'], expected: { kind: 'won', choice: 0 } },
  { cast: ['00', '0'], expected: { kind: 'open' } },
  { cast: ['00', '11'], expected: { kind: 'undecided' } },
  { cast: ['01', '10'], expected: { kind: 'undecided' } },
  { cast: ['0-', '--'], expected: { kind: 'undecided' } },
  { cast: ['00', '11', '00'], expected: { kind: 'undecided' } },
]) {
  test(`two pairs ahead, of three at most: ${cast.join(' ') || 'nothing cast'} is ${expected.kind}`, () => {
    assert.deepEqual(tallyPairs(pairs(...cast), RULE), expected)
  })
}

test('ballots count with the other of their pair, in whatever order they come in', () => {
  const decided = pairs('00', '00')
  fc.assert(
    fc.property(fc.shuffledSubarray(decided, { minLength: 4 }), (ballots) => {
      assert.deepEqual(tallyPairs(ballots, RULE), { kind: 'won', choice: 0 })
      assert.deepEqual(tallyPairs(ballots.slice(0, 3), RULE), { kind: 'open' })
    }),
  )
})

test('a voter that always names the same place, or the same letter, decides nothing', () => {
  assert.deepEqual(tallyPairs(pairs('01', '01', '01'), RULE), { kind: 'undecided' })
})

test('what is decided stays decided, and what is undecided can not be won any more', () => {
  const marks = fc.constantFrom('0', '1', '-')
  const three = fc.array(
    fc.tuple(marks, marks).map((pair) => pair.join('')),
    { minLength: 3, maxLength: 3 },
  )
  fc.assert(
    fc.property(three, (words) => {
      const after = (count: number) => tallyPairs(pairs(...words.slice(0, count)), RULE)
      for (const count of [0, 1, 2])
        if (after(count).kind !== 'open') assert.deepEqual(after(3), after(count))
      assert.notEqual(after(3).kind, 'open')
    }),
  )
})

for (const { pair, expected } of [
  { pair: '22', expected: 2 },
  { pair: '00', expected: 0 },
  { pair: '01', expected: null },
  { pair: '1-', expected: null },
  { pair: '-1', expected: null },
  { pair: '--', expected: null },
  { pair: '1', expected: null },
  { pair: '', expected: null },
]) {
  test(`a pair of ${pair || 'nothing'} is ${expected === null ? 'an abstention' : `for ${expected}`}`, () => {
    assert.equal(settlePair(pairs(pair)), expected)
  })
}

const scored = (choice: number | null, ...scores: number[]) => ({ ballot: ballot(0, choice), scores })

test('with scores in both orders their sum decides, even where the letters contradict each other', () => {
  assert.equal(settleByScores([scored(0, -0.1, -2.4), scored(1, -0.9, -0.5)]), 0)
  assert.equal(settleByScores([scored(0, -0.6, -0.8), scored(1, -2.4, -0.1)]), 1)
})

test('level scores are undecided, and a ballot without scores or without a valid vote says nothing by them', () => {
  assert.equal(settleByScores([scored(0, -0.5, -1), scored(1, -1, -0.5)]), null)
  assert.equal(settleByScores([scored(0, -0.5, -1)]), undefined)
  assert.equal(settleByScores([scored(null, -0.5, -1), scored(0, -0.5, -1)]), undefined)
  assert.equal(settleByScores([{ ballot: ballot(0, 0), scores: null }, scored(0, -0.5, -1)]), undefined)
})

/** The exact chances of a race to a lead: states with equal votes are one, and the rest of the mass is nothing. */
function raceTo(lead: number, right: number): { right: number; ballots: number } {
  let open = new Map([['0 0', 1]])
  const sum = { right: 0, ballots: 0 }
  for (let cast = 1; cast <= 400; cast += 1) {
    const next = new Map<string, number>()
    for (const [state, mass] of open) {
      const [yes, no] = state.split(' ').map(Number)
      for (const [votes, chance] of [
        [[yes! + 1, no!], right],
        [[yes!, no! + 1], 1 - right],
      ] as [[number, number], number][]) {
        const winner = aheadBy(votes, lead)
        const key = votes.join(' ')
        if (winner === null) next.set(key, (next.get(key) ?? 0) + mass * chance)
        else sum.ballots += mass * chance * cast
        if (winner === 0) sum.right += mass * chance
      }
    }
    open = next
  }
  return sum
}

test('independent voters who are right 60 % of the time, three ahead: right in 77.1 % of votes, with 8.14 ballots', () => {
  const exact = raceTo(3, 0.6)
  assert.ok(Math.abs(exact.right - 0.6 ** 3 / (0.6 ** 3 + 0.4 ** 3)) < 1e-9, `${exact.right}`)
  assert.equal(exact.right.toFixed(3), '0.771')
  assert.equal(exact.ballots.toFixed(2), '8.14')
})

test('two ahead of at most three pairs: ballots right 60 % of the time are wrong in 5.0 % of votes, right in 25.4 %, and leave the rest to others', () => {
  const chances = { right: 0, wrong: 0, open: 0 }
  const walk = (words: string[], mass: number): void => {
    const result = tallyPairs(pairs(...words), RULE)
    if (result.kind === 'won') chances[result.choice === 0 ? 'right' : 'wrong'] += mass
    else if (result.kind === 'undecided') chances.open += mass
    else for (const [word, chance] of PAIRS_AT_60) walk([...words, word], mass * chance)
  }
  walk([], 1)
  assert.ok(Math.abs(chances.right + chances.wrong + chances.open - 1) < 1e-9)
  assert.deepEqual(
    [chances.right.toFixed(3), chances.wrong.toFixed(3), chances.open.toFixed(3)],
    ['0.254', '0.050', '0.696'],
  )
})

/** Both ballots of a pair cast independently: they agree on the right option, on the wrong one, or not at all. */
const PAIRS_AT_60 = [
  ['00', 0.36],
  ['11', 0.16],
  ['01', 0.48],
] as const
