import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { pieces } from '../../src/api/sse.ts'

test('pieces join to the text, fit a line in JSON, and never cut a character in two', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '"', '\u0001', '€', '😀'),
    size: 'max',
    maxLength: 9_000,
  })
  fc.assert(
    fc.property(text, (text) => {
      const all = [...pieces(text)]
      assert.equal(all.join(''), text)
      for (const piece of all) {
        assert.ok(Buffer.byteLength(JSON.stringify(piece)) <= 16_000)
        assert.ok(piece.isWellFormed())
      }
    }),
    { numRuns: 50 },
  )
})

test('text that is broken already does not stop it', () => {
  const broken = '\ud83d'.repeat(6_000)
  assert.equal([...pieces(broken)].join(''), broken)
})

test('no text has no pieces', () => {
  assert.deepEqual([...pieces('')], [])
})
