import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { usageAtEnd } from '../../src/core/usage-at-end.ts'

const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 3,
  total_tokens: 15,
  completion_tokens_details: { reasoning_tokens: 1 },
}
const COUNTED = { promptTokens: 12, completionTokens: 3 }
const chunk = (more: object): string => `data: ${JSON.stringify({ id: 'c', choices: [], ...more })}\n\n`

test('the usage is read from the end of an answer, whole or streamed, and what looks like one is none', () => {
  const table: [what: string, end: string, expected: typeof COUNTED | null][] = [
    ['a whole answer', JSON.stringify({ choices: [], usage: USAGE, timings: { predicted_n: 3 } }), COUNTED],
    ['one in lines', JSON.stringify({ choices: [], usage: USAGE }, null, 2), COUNTED],
    ['the last event', `${chunk({ usage: USAGE })}data: [DONE]\n\n`, COUNTED],
    [
      'the last that counts',
      `${chunk({ usage: { ...USAGE, prompt_tokens: 1 } })}${chunk({ usage: USAGE })}${chunk({ usage: null })}`,
      COUNTED,
    ],
    [
      'embeddings',
      JSON.stringify({ data: [], usage: { prompt_tokens: 8, total_tokens: 8 } }),
      { promptTokens: 8, completionTokens: 0 },
    ],
    ['cut at its beginning', JSON.stringify({ choices: [], usage: USAGE }).slice(14), COUNTED],
    ['cut at its end', JSON.stringify({ choices: [], usage: USAGE }).slice(0, -2), null],
    ['none', `${chunk({})}data: [DONE]\n\n`, null],
    ['another shape', JSON.stringify({ usage: { input_tokens: 3 } }), null],
    ['no counts', JSON.stringify({ usage: { prompt_tokens: -1, completion_tokens: 1.5 } }), null],
    ['the value of a key', JSON.stringify({ key: 'usage', prompt_tokens: 3 }), null],
    ['nothing', '', null],
    ['nothing but the key', '"usage"'.repeat(500), null],
    ['brackets', `"usage":${'{'.repeat(4_000)}`, null],
  ]
  for (const [what, end, expected] of table) assert.deepEqual(usageAtEnd(end), expected, what)
})

test('whatever a model writes, it is not taken for the usage', () => {
  const written = fc.oneof(
    fc.string(),
    fc.constant(JSON.stringify({ usage: { prompt_tokens: 1, completion_tokens: 1 } })),
  )
  fc.assert(
    fc.property(written, written, (before, content) => {
      const said = chunk({ choices: [{ delta: { content: before + content } }] })
      assert.equal(usageAtEnd(said), null)
      assert.deepEqual(usageAtEnd(chunk({ usage: USAGE }) + said), COUNTED)
    }),
  )
})
