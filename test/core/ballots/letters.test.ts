import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { drawLetters, pairOfPapers, readLetter } from '../../../src/core/ballots/letters.ts'
import { randomFrom } from '../../../src/core/random.ts'

for (const reply of ['K', ' K ', 'K.', 'K)', 'K:', 'K\n']) {
  test(`${JSON.stringify(reply)} is a vote for what stands under K`, () => {
    assert.equal(readLetter(reply, ['T', 'K', 'B']), 1)
  })
}

for (const reply of [
  'Candidate B',
  'Option B',
  'C',
  'b',
  'B or T',
  'BT',
  '**B**',
  '(B)',
  '"B"',
  'B is best',
  'B\nT',
  'В', // Cyrillic
  '1',
  '',
]) {
  test(`with B and T listed, ${JSON.stringify(reply)} is no vote`, () => {
    assert.equal(readLetter(reply, ['B', 'T']), null)
  })
}

test('whatever a voter writes, it is no vote or a place on the ballot', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4 }), fc.nat(), (reply, seed) => {
      const letters = drawLetters(4, randomFrom(seed))
      const position = readLetter(reply, letters)
      return position === null || letters[position] === reply.replaceAll(/[\s.):]/g, '')
    }),
  )
})

test('letters are different capital letters, and none is a word that a sentence may begin with', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.nat(), (count, seed) => {
      const letters = drawLetters(count, randomFrom(seed))
      assert.equal(new Set(letters).size, count)
      assert.ok(letters.every((letter) => /^[B-HJ-Z]$/.test(letter)))
    }),
  )
})

test('a pair shows both orders, and each letter stands once for either option', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const [one, other] = pairOfPapers(randomFrom(seed))
      assert.deepEqual(one.letters, other.letters)
      assert.deepEqual(one.order, other.order.toReversed())
    }),
  )
})

test('letter and order tell nothing of each other: the earlier letter stands for either option about equally often', () => {
  const counts = [0, 0]
  for (let seed = 0; seed < 2_000; seed += 1) {
    const [{ order, letters }] = pairOfPapers(randomFrom(seed * 7919))
    counts[order[letters[0]! < letters[1]! ? 0 : 1]!]! += 1
  }
  assert.ok(
    counts.every((count) => count > 880),
    counts.join(' '),
  )
})
