import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fitParts, splitWindow, tokensOf, type Part } from '../../src/core/budget-context.ts'
import { charactersWithin, mostTokens } from '../../src/core/token-bound.ts'

const text = (name: string, text: string, share: number, keep: 'start' | 'end' | 'both' = 'start') =>
  ({ kind: 'text', name, text, share, keep }) as const

const anyText = fc.oneof(
  fc.string({ maxLength: 2_000, unit: 'binary' }),
  fc.string({ maxLength: 2_000 }),
  fc.constantFrom('lorem ipsum dolor\n'.repeat(200), '你好，世界。'.repeat(200), 'aB3/'.repeat(400), ''),
)
const anyPart: fc.Arbitrary<Part> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    name: fc.constantFrom('request', 'diff'),
    share: fc.double({ min: 0, max: 0.25, noNaN: true }),
    text: anyText,
    keep: fc.constantFrom('start', 'end', 'both'),
  }),
  fc.record({
    kind: fc.constant('pieces' as const),
    name: fc.constant('sources'),
    share: fc.double({ min: 0, max: 0.25, noNaN: true }),
    pieces: fc.array(fc.record({ place: fc.string({ maxLength: 5 }), text: anyText }), { maxLength: 5 }),
  }),
)

test('whatever the parts and the room, what is put together is never larger than the room', () => {
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 4 }), fc.integer({ min: 0, max: 3_000 }), (parts, room) => {
      const { texts } = fitParts(parts, room)
      const used = texts.map((text) => (text === '' ? 0 : mostTokens(text)))
      assert.ok(used.reduce((sum, tokens) => sum + tokens, 0) <= room)
    }),
  )
})

test('where there is room for all, nothing changes and nothing is told', () => {
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 4 }), (parts) => {
      const { texts, cuts } = fitParts(parts, 1_000_000)
      assert.deepEqual(cuts, [])
      for (const [index, part] of parts.entries())
        if (part.kind === 'text') assert.equal(texts[index], part.text)
    }),
  )
})

test('part of a text never weighs more than it was given', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 0, max: 500 }), (text, most) => {
      const start = text.slice(0, charactersWithin(text, most, 'start'))
      const taken = charactersWithin(text, most, 'end')
      const end = taken === 0 ? '' : text.slice(-taken)
      for (const part of [start, end]) assert.ok(part === '' || mostTokens(part) <= most)
    }),
  )
})

test('the most important part takes what others leave, and a small one is never squeezed out', () => {
  const { texts, cuts } = fitParts(
    [
      text('request', 'word '.repeat(2_000), 0.5, 'both'),
      text('memory', 'short', 0.1),
      text('files', 'x.ts\n'.repeat(500), 0.2),
    ],
    1_000,
  )
  assert.equal(texts[1], 'short')
  assert.deepEqual(
    cuts.map(({ part, unit }) => [part, unit]),
    [
      ['request', 'characters'],
      ['files', 'characters'],
    ],
  )
  assert.ok(texts[0]!.startsWith('word ') && texts[0]!.endsWith('word '))
  assert.match(texts[0]!, /left out for want of room/)
})

test('of a list whole pieces are left out, the least important first, and the rest keep their order', () => {
  const pieces = ['m.ts', 'a.ts', 'z.ts'].map((place) => ({ place, text: `${place} ${'word '.repeat(100)}` }))
  const { texts, cuts } = fitParts([{ kind: 'pieces', name: 'sources', share: 1, pieces }], 400)
  assert.deepEqual(
    ['a.ts', 'm.ts', 'z.ts'].map((path) => texts[0]!.includes(path)),
    [true, true, false],
  )
  assert.ok(texts[0]!.indexOf('a.ts') < texts[0]!.indexOf('m.ts'))
  assert.deepEqual(cuts, [{ part: 'sources', left: 1, unit: 'pieces' }])
})

test('prompt and reply share a window, and a long reply leaves half of it to the prompt', () => {
  assert.deepEqual(splitWindow(32_768, 6_000), { reply: 6_000, prompt: 26_768 })
  assert.deepEqual(splitWindow(4_096, 6_000), { reply: 2_048, prompt: 2_048 })
})

test('the bound holds for counts that were made with real vocabularies', () => {
  // counted with cl100k_base and o200k_base; the larger of the two
  const counted: [string, number][] = [
    ['export const estimateTokens = (characters: number): number => Math.ceil(characters / 3.5)', 22],
    ['你好，世界。这个项目需要一个函数来计算平均值，并且返回结果。請檢查檔案是否存在。', 40],
    ['Функция должна возвращать среднее значение списка и ошибку при пустом вводе.', 25],
    ['😀🎉🚀 👩‍💻 🇩🇪 ✅ ⚠️', 26],
  ]
  for (const [text, tokens] of counted) assert.ok(mostTokens(text) >= tokens, text)
  assert.equal(tokensOf([{ content: '' }, { content: '' }]), 26)
})
