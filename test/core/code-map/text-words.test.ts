import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { drawGraph } from '../../../src/core/code-map/code-graph.ts'
import { rankCode } from '../../../src/core/code-map/rank.ts'
import type { Definition, MappedFile } from '../../../src/core/code-map/symbols.ts'
import { scoreTexts } from '../../../src/core/code-map/text-scores.ts'
import { keyOfWord, wordsOfText } from '../../../src/core/code-map/text-words.ts'
import { saidIn } from '../../../src/core/excerpt/said.ts'

const TEXT = [
  "import { read } from './read.ts'",
  '// the third vote ends it',
  'function decide(ballots) {',
  "  throw 'a ballot in CRLF'",
  '}',
  'function other() {',
  '}',
].join('\n')
const DEFINITIONS: readonly Definition[] = [
  { name: 'decide', kind: 'function', line: 3, end: 5, signature: 'function decide(ballots)' },
  { name: 'other', kind: 'function', line: 6, end: 7, signature: 'function other()' },
]

test('a definition owns the words inside it and of the comment above it, and what lies in none comes last', () => {
  const { counts, ends } = wordsOfText(TEXT, DEFINITIONS)
  const countIn = (part: number, stem: string): number =>
    counts
      .subarray(ends[part - 1] ?? 0, ends[part])
      .reduce((sum, one) => sum + (one >>> 8 === keyOfWord(stem) ? one & 255 : 0), 0)
  assert.deepEqual(
    ['third', 'ballot', 'crlf', 'read'].map((word) => [0, 1, 2].map((part) => countIn(part, word))),
    [
      [1, 0, 0],
      [2, 0, 0],
      [1, 0, 0],
      [0, 0, 2],
    ],
  )
})

test('any text is read, and each part ends where the next begins', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const { counts, ends } = wordsOfText(text, [])
      assert.deepEqual([...ends], [counts.length])
      assert.ok(counts.every((one) => (one & 255) > 0))
    }),
  )
})

test('a word that few texts say tells more, and of two texts the shorter says it louder', () => {
  const texts = ['alpha beta', 'alpha gamma', 'alpha beta delta epsilon zeta theta'].map((text) =>
    wordsOfText(text, []),
  )
  const [first, second, third] = scoreTexts(texts, new Set(['beta'])).map((score) => score!.whole)
  assert.equal(second, 0)
  assert.ok(first! > third! && third! > 0)
  const [rare, common] = ['gamma', 'alpha'].map((word) => scoreTexts(texts, new Set([word]))[1]!.whole)
  assert.ok(rare! > common!)
})

test('a text that nobody has read takes no part', () => {
  assert.deepEqual(scoreTexts([null], new Set(['any'])), [null])
})

test('a request in words that no name bears finds the file and the definition that say them', () => {
  const quiet = TEXT.replace('third vote', 'end').replace('CRLF', 'it')
  const files = ['src/a.ts', 'src/b.ts', 'src/c.ts'].map((path): MappedFile => ({
    path,
    symbols: {
      definitions: [...DEFINITIONS].map((one) => ({ ...one, name: `${one.name}${path}` })),
      references: [],
    },
    words: wordsOfText(path === 'src/c.ts' ? TEXT : quiet, DEFINITIONS),
  }))
  const [best] = rankCode(drawGraph(files), { request: 'after the third vote, CRLF breaks', open: [] })
  assert.equal(best!.path, 'src/c.ts')
  const [decide, other] = best!.definitions
  assert.ok(decide!.score > other!.score)
})

test('within a file, the definition whose text says more of the task comes first', () => {
  const [decide, other] = saidIn(TEXT.split('\n'), DEFINITIONS, new Set(['crlf']))
  assert.ok(decide! > 0)
  assert.equal(other, 0)
  assert.deepEqual(saidIn(TEXT.split('\n'), DEFINITIONS, new Set()), [0, 0])
})
