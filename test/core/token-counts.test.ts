import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCut, learnCount, scaleFrom, type TokenCount } from '../../src/core/token-counts.ts'

/** Code, of which the bound says about 0.39 tokens a character. */
const code = (characters: number, counted: number): TokenCount => ({
  bound: Math.round(characters * 0.39),
  characters,
  counted,
})
const learnt = (...counts: TokenCount[]): readonly TokenCount[] =>
  counts.reduce<readonly TokenCount[]>(learnCount, [])

test('three counts make the bound closer, and one beyond it makes it wider at once', () => {
  const usual = [code(10_000, 2_700), code(20_000, 5_500), code(8_000, 2_200)]
  assert.equal(scaleFrom([]), 1)
  assert.equal(scaleFrom(learnt(...usual.slice(0, 2))), 1)
  const scale = scaleFrom(learnt(...usual))
  assert.ok(scale > 0.7 && scale < 0.85, String(scale))
  assert.ok(scaleFrom(learnt(code(10_000, 5_000))) > 1.3)
})

test('a count far below what was sent is a cut prompt, and teaches nothing', () => {
  // 4,096 of about 16,000, the default window of Ollama; and half of that
  for (const counted of [4_096, 2_048]) {
    const cut = code(60_000, counted)
    assert.equal(isCut(cut, []), true)
    assert.deepEqual(learnt(cut), [])
  }
})

test('other vocabularies, languages and caches are not suspected', () => {
  const cases: [string, TokenCount][] = [
    ['code, in a good vocabulary', code(60_000, 15_000)],
    ['English', { bound: 14_372, characters: 39_665, counted: 8_500 }],
    ['Russian in o200k_base', { bound: 3_940, characters: 3_850, counted: 950 }],
    ['digits by threes', { bound: 19_274, characters: 19_774, counted: 7_998 }],
    ['only what was not cached', code(60_000, 380)],
  ]
  for (const [name, count] of cases) assert.equal(isCut(count, []), false, name)
})

test('what was learnt makes a smaller cut visible', () => {
  const cut = code(20_000, 4_096)
  assert.equal(isCut(cut, []), false)
  assert.equal(isCut(cut, learnt(code(10_000, 2_900), code(9_000, 2_600), code(12_000, 3_500))), true)
})
