import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { randomFrom } from '../../src/core/random.ts'
import {
  ballotOrders,
  clustersOf,
  isClosed,
  letterOf,
  readLetter,
  settleRunOff,
  tally,
} from '../../src/core/selection.ts'
import type { Ballot, Candidate } from '../../src/core/task.ts'

const cast = (...choices: (number | null)[]): Ballot[] =>
  choices.map((choice, index) => ({ voter: index + 1, choice, reply: '' }))

const FIVE = { options: 2, ballots: 5, quorum: 3 }

const verified = (seat: number, tree: string, lines = 10): Candidate => ({
  state: 'verified',
  place: { subtask: '1', seat },
  patch: { tree, diff: '', files: ['a.ts'], lines },
  gates: [],
})
const failed = (seat: number): Candidate => ({
  state: 'failed',
  place: { subtask: '1', seat },
  code: 'no_patch',
  reason: 'prose',
})

test('identical trees are one cluster with more support', () => {
  const clusters = clustersOf([verified(1, 'x'), failed(2), verified(3, 'y'), verified(4, 'y')])
  assert.deepEqual(
    clusters.map(({ tree, members }) => [tree, members.map(({ place }) => place.seat)]),
    [
      ['y', [3, 4]],
      ['x', [1]],
    ],
  )
})

test('of equal support the smaller diff comes first, then the earlier seat, whatever order they arrived in', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([verified(1, 'x', 30), verified(2, 'y', 5), verified(3, 'z', 5)], { minLength: 3 }),
      (candidates) => {
        assert.deepEqual(
          clustersOf(candidates).map(({ tree }) => tree),
          ['y', 'z', 'x'],
        )
      },
    ),
  )
})

test('a contest closes at the quorum of verified candidates, or when every seat is done', () => {
  assert.equal(isClosed([], 5, 3), false)
  assert.equal(isClosed([verified(1, 'x'), failed(2), verified(3, 'y')], 5, 3), false)
  assert.equal(isClosed([verified(1, 'x'), failed(2), verified(3, 'y'), verified(4, 'z')], 5, 3), true)
  assert.equal(isClosed([failed(1), failed(2), failed(3), failed(4), failed(5)], 5, 3), true)
})

for (const { choices, expected } of [
  { choices: [], expected: { kind: 'open' } },
  { choices: [0, 1, 0, 1], expected: { kind: 'open' } },
  { choices: [1, 1, 1], expected: { kind: 'won', choice: 1 } },
  { choices: [0, 1, 0, 1, 0], expected: { kind: 'won', choice: 0 } },
  { choices: [0, null, 0, null], expected: { kind: 'open' } },
  { choices: [0, null, 1, null], expected: { kind: 'hung', leaders: [0, 1] } },
  { choices: [1, 0, 1, null, null], expected: { kind: 'hung', leaders: [1, 0] } },
  { choices: [null, null, null], expected: { kind: 'hung', leaders: [0, 1] } },
]) {
  test(`two options, first to three of five: ${choices.join(' ') || 'nothing cast'} is ${expected.kind}`, () => {
    assert.deepEqual(tally(cast(...choices), FIVE), expected)
  })
}

test('five options are hung as soon as nobody can reach three, and the two in front go on', () => {
  const rule = { options: 5, ballots: 5, quorum: 3 }
  assert.deepEqual(tally(cast(4, 3, 2), rule), { kind: 'open' })
  assert.deepEqual(tally(cast(4, 3, 2, 1), rule), { kind: 'hung', leaders: [1, 2] })
  assert.deepEqual(tally(cast(4, 3, 3, 2), rule), { kind: 'open' })
  assert.deepEqual(tally(cast(4, 3, 3, 4, 2), rule), { kind: 'hung', leaders: [3, 4] })
})

test('a decided vote stays decided, an open one can still be won, a hung one never', () => {
  const options = fc.integer({ min: 2, max: 5 })
  const ballots = options.chain((options) =>
    fc.record({
      options: fc.constant(options),
      choices: fc.array(fc.option(fc.nat(options - 1)), { minLength: 5, maxLength: 5 }),
    }),
  )
  fc.assert(
    fc.property(ballots, ({ options, choices }) => {
      const rule = { options, ballots: 5, quorum: 3 }
      const after = (count: number) => tally(cast(...choices.slice(0, count)), rule)
      for (let count = 0; count <= 5; count += 1) {
        const now = after(count)
        const votes = Array.from(
          { length: options },
          (_, option) => choices.slice(0, count).filter((choice) => choice === option).length,
        )
        const most = Math.max(...votes)
        if (now.kind === 'won') assert.deepEqual(after(5), now)
        if (now.kind === 'open') assert.ok(most < 3 && most + 5 - count >= 3)
        if (now.kind === 'hung') {
          assert.ok(most + 5 - count < 3)
          const [first, second] = now.leaders
          assert.notEqual(first, second)
          assert.ok(votes.every((vote, option) => option === first || vote <= votes[second]!))
        }
      }
      assert.notEqual(after(5).kind, 'open')
    }),
  )
})

test('independent voters who are right 60 % of the time decide right in 68.3 % of votes, with 4.07 ballots', () => {
  const right = 0.6
  const walk = (choices: number[], probability: number): { right: number; ballots: number } => {
    const now = tally(cast(...choices), FIVE)
    assert.notEqual(now.kind, 'hung')
    if (now.kind === 'won') {
      return { right: now.choice === 0 ? probability : 0, ballots: probability * choices.length }
    }
    const yes = walk([...choices, 0], probability * right)
    const no = walk([...choices, 1], probability * (1 - right))
    return { right: yes.right + no.right, ballots: yes.ballots + no.ballots }
  }
  const exact = walk([], 1)
  assert.ok(Math.abs(exact.right - 0.68256) < 1e-9, `${exact.right}`)
  assert.ok(Math.abs(exact.ballots - 4.0656) < 1e-9, `${exact.ballots}`)
})

test('each option stands in each position about equally often, however many options and ballots', () => {
  const sizes = fc.record({
    options: fc.integer({ min: 2, max: 7 }),
    ballots: fc.integer({ min: 2, max: 12 }),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(sizes, ({ options, ballots, seed }) => {
      const orders = ballotOrders(options, ballots, randomFrom(seed))
      assert.equal(orders.length, ballots)
      for (const order of orders) assert.equal(new Set(order).size, options)
      for (let position = 0; position < options; position += 1) {
        const counts = Array.from(
          { length: options },
          (_, option) => orders.filter((order) => order[position] === option).length,
        )
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, JSON.stringify(orders))
      }
    }),
  )
})

test('five ballots are never one ballot five times', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.nat(), (options, seed) => {
      const orders = ballotOrders(options, 5, randomFrom(seed)).map((order) => order.join(' '))
      assert.ok(new Set(orders).size >= Math.min(5, options), orders.join(' | '))
    }),
  )
})

test('no option begins first more often than another over many tasks', () => {
  const firsts = [0, 0, 0]
  for (let seed = 0; seed < 3_000; seed += 1)
    firsts[ballotOrders(3, 1, randomFrom(seed * 7919))[0]![0]!]! += 1
  assert.ok(
    firsts.every((count) => count > 850 && count < 1_150),
    firsts.join(' '),
  )
})

for (const reply of ['B', ' B ', 'B.', 'B)', 'B:', 'B\n']) {
  test(`${JSON.stringify(reply)} is a vote for the second option on the ballot`, () => {
    assert.equal(readLetter(reply, [4, 2, 0]), 2)
  })
}

for (const reply of [
  'Candidate B',
  'Option B',
  'C',
  'b',
  'A or B',
  'AB',
  '**A**',
  '(A)',
  '"A"',
  'A is best',
  'A\nB',
  'А', // Cyrillic
  '1',
  '',
]) {
  test(`with A and B listed, ${JSON.stringify(reply)} is no vote`, () => {
    assert.equal(readLetter(reply, [1, 0]), null)
  })
}

test('whatever a voter writes, it is no vote or a listed option', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 4 }),
      fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2 }),
      (reply, order) => {
        const choice = readLetter(reply, order)
        return choice === null || order.includes(choice)
      },
    ),
  )
})

test('the letter of each position is read back as the option that stands there', () => {
  const order = [3, 1, 4, 0, 2]
  assert.deepEqual(
    order.map((_, position) => readLetter(letterOf(position), order)),
    order,
  )
})

for (const { ballots, expected } of [
  { ballots: cast(2, 2), expected: 2 },
  { ballots: cast(0, 0), expected: 0 },
  { ballots: cast(0, 1), expected: null },
  { ballots: cast(1, null), expected: null },
  { ballots: cast(null, 1), expected: null },
  { ballots: cast(null, null), expected: null },
  { ballots: cast(1), expected: null },
  { ballots: [], expected: null },
]) {
  const votes = ballots.map(({ choice }) => choice ?? 'invalid').join(', ') || 'no ballot'
  test(`a run-off of ${votes} is ${expected === null ? 'undecided' : `won by ${expected}`}`, () => {
    assert.equal(settleRunOff(ballots), expected)
  })
}
