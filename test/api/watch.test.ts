import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createWatch } from '../../src/api/watch.ts'

const PART = 'data: {"choices":[{"delta":{"content":"€"},"finish_reason":null}]}\n\n'
const END = 'data: {"choices":[{"delta":{},"finish_reason": "stop"}]}\n\n'
const DONE = 'data: [DONE]\n\n'

/** What goes on of pieces, and the watch afterwards. */
function watching(...pieces: (string | Uint8Array)[]) {
  const watch = createWatch()
  const went: Buffer[] = []
  for (const piece of pieces) watch.take(Buffer.from(piece), (bytes) => went.push(Buffer.from(bytes)))
  return { watch, went: Buffer.concat(went).toString() }
}

/** A text's bytes, cut at these places. */
function cut(text: string, places: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text)
  const at = [
    0,
    ...places.map((place) => place % bytes.length).toSorted((one, other) => one - other),
    bytes.length,
  ]
  return at.slice(1).map((to, index) => bytes.subarray(at[index], to))
}

test('wherever a stream is cut into pieces, the same bytes go on and the same end is seen', () => {
  const streams = [
    { text: PART + END + DONE, passes: PART + END + DONE, finished: true },
    { text: PART + DONE + PART, passes: PART, finished: false },
    { text: `${PART}data: {"error":{"message":"x"}}\n\n`, passes: null, finished: true },
    { text: PART.repeat(3), passes: null, finished: false },
  ]
  fc.assert(
    fc.property(fc.constantFrom(...streams), fc.array(fc.nat(500), { maxLength: 12 }), (stream, places) => {
      const { watch, went } = watching(...cut(stream.text, places))
      assert.equal(went, stream.passes ?? stream.text)
      assert.equal(watch.isFinished(), stream.finished)
      assert.equal(watch.last() === '', stream.finished)
    }),
  )
})

test('only the end of an event is a place for a word of our own', () => {
  const cases: [string[], boolean][] = [
    [[], true],
    [[PART], true],
    [[PART, 'data: {"cho'], true],
    [['data: {"a":1}\n'], false],
    [['data: {"a":1}\n', '\n'], true],
    [['data: {"a":1}\r\n'], false],
    [['data: {"a":1}\r\n', '\r\n'], true],
    [[END, 'data: [DO'], false],
  ]
  for (const [pieces, isBetween] of cases) {
    assert.equal(watching(...pieces).watch.isBetweenEvents(), isBetween, JSON.stringify(pieces))
  }
})

test('a line without an end is not kept for ever', () => {
  const { watch, went } = watching(...Array.from({ length: 130 }, () => Buffer.alloc(64 * 1024, 'x')))
  assert.equal(went, '')
  assert.ok(watch.isShut())
  assert.match(watch.last(), /"type":"upstream_error"/)
})
