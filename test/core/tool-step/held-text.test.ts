import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { growText, NOTHING_HELD } from '../../../src/core/tool-step/held-text.ts'
import { readSpoken } from '../../../src/core/tool-step/spoken-calls.ts'
import { offer } from './offered.ts'

const CALL = '{"name":"read","arguments":{"path":"a"}}'

/** What is shown when a text comes in these bits. */
const shownOf = (...bits: string[]): string => {
  let shown = ''
  let held = NOTHING_HELD
  for (const bit of bits) {
    held = growText(held, bit)
    shown += held.out
  }
  assert.equal(shown + held.rest, bits.join(''))
  return shown
}

test('prose and code are shown as they come', () => {
  assert.equal(shownOf('Let', ' me'), 'Let me')
  assert.equal(shownOf('a\n', '\n', 'b < c'), 'a\n\nb < c')
  assert.equal(shownOf('Look:\n```ts\n', 'const a'), 'Look:\n```ts\nconst a')
  assert.equal(shownOf('<div>'), '<div>')
})

test('what may be a call is held back until it is known for none', () => {
  assert.equal(shownOf('I look.\n<'), 'I look.\n')
  assert.equal(shownOf('I look.\n<too', 'l_call>{"name"'), 'I look.\n')
  assert.equal(shownOf('<', 'b>bold'), '<b>bold')
  assert.equal(shownOf(CALL), '')
  assert.equal(shownOf('```json\n', CALL, '\n```\n'), '')
  assert.equal(shownOf('```json\n{}\n```\n', 'is what it holds'), '```json\n{}\n```\nis what it holds')
})

const piece = fc.oneof(
  fc.constantFrom(
    '\n',
    '```',
    '```json\n',
    '<tool_call>',
    '</tool_call>',
    '<function=read>',
    '{',
    CALL,
    '[TOOL_CALLS]',
    ' ',
  ),
  fc.string({ maxLength: 6 }),
)
const bits = fc.array(piece, { maxLength: 14 })

test('nothing is shown that turns out to be a call', () => {
  fc.assert(
    fc.property(bits, (bits) => {
      const text = bits.join('')
      const spoken = readSpoken(text, offer())
      const shown = shownOf(...bits)
      assert.ok(text.startsWith(shown))
      if (spoken.kind === 'calls')
        assert.ok(spoken.text.startsWith(shown.trim()), JSON.stringify({ text, shown }))
      assert.doesNotMatch(spoken.kind === 'unclear' ? shown : '', /^\s*<tool_call>/)
    }),
    { numRuns: 500 },
  )
})

test('how a text is cut into bits changes nothing about what is shown in the end', () => {
  fc.assert(
    fc.property(bits, (bits) => {
      const text = bits.join('')
      assert.equal(shownOf(...bits), shownOf(...Array.from(text)))
    }),
    { numRuns: 300 },
  )
})
