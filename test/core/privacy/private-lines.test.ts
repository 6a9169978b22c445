import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { findLines, rememberLines } from '../../../src/core/privacy/private-lines.ts'

const LINE = 'const margin = cost * 1.37 + "x"'
const lines = rememberLines([{ path: 'secret/rates.js', content: `}\n  ${LINE}\nreturn result\n` }])

test('a private line is found in every dress in which prompts carry lines', () => {
  const dressed = [
    LINE,
    `\t\t${LINE}`,
    `+  ${LINE}`,
    `  12 | ${LINE}`,
    `> ${LINE} // was here`,
    JSON.stringify({ content: `a\n${LINE}\nb` }),
    JSON.stringify({ arguments: JSON.stringify({ content: `a\n${LINE}\nb` }) }),
    LINE.replaceAll(' ', '  '),
  ]
  for (const text of dressed)
    assert.deepEqual([...findLines(text, lines).values()], ['secret/rates.js'], text)
})

test('short lines and other lines are nobody’s', () => {
  for (const text of ['}', 'return result', 'const margin = cost * 1.38'])
    assert.equal(findLines(text, lines).size, 0, text)
})

test('any line of sixteen characters and more is found between any other text', () => {
  const line = fc
    .string({ minLength: 16, maxLength: 60 })
    .map((text) => `k${text.replaceAll(/[\s\\"'`]/g, 'z')}`)
  fc.assert(
    fc.property(line, fc.string(), fc.string(), (secret, before, after) => {
      const known = rememberLines([{ path: 'p', content: secret }])
      assert.equal(findLines(`${before}\n${secret}\n${after}`, known).size, 1)
      assert.equal(findLines(JSON.stringify([before, `\n${secret}\n`, after]), known).size, 1)
    }),
  )
})
