import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSample, type Heard } from '../../../src/core/tool-step/read-sample.ts'
import { offer } from './offered.ts'

const said = (text: string, more: Partial<Heard> = {}): Heard => ({
  text,
  calls: [],
  finishReason: 'stop',
  ...more,
})
const called = (...calls: [string, unknown][]): Heard => ({
  text: '',
  calls: calls.map(([name, given]) => ({ name, arguments: JSON.stringify(given) })),
  finishReason: 'tool_calls',
})
const keyOf = (heard: Heard): string => {
  const read = readSample(heard, offer())
  assert.notEqual(read.kind, 'malformed', JSON.stringify(read))
  return read.kind === 'malformed' ? '' : read.key
}
const whyOf = (heard: Heard, more: Parameters<typeof offer>[0] = {}): string => {
  const read = readSample(heard, offer(more))
  return read.kind === 'malformed' ? read.why : assert.fail(`fine: ${JSON.stringify(read)}`)
}

test('calls that want the same are one vote, however they are written', () => {
  const same = [
    called(['read', { path: 'src/a.ts' }]),
    called(['read', { limit: 100, path: './src/a.ts' }]),
    called(['read', { path: 'src/a.ts', limit: null }]),
    said('<tool_call>\n{"name":"read","arguments":{"path":"src/a.ts"}}\n</tool_call>'),
  ]
  assert.equal(new Set(same.map(keyOf)).size, 1)
  const runs = [
    called(['run', { command: 'ls -l', description: 'Lists files' }]),
    called(['run', { command: 'ls -l\n', description: 'Shows what is there' }]),
  ]
  assert.equal(new Set(runs.map(keyOf)).size, 1)
})

test('calls that may not mean the same are votes of their own', () => {
  const apart = [
    called(['read', { path: 'a' }]),
    called(['read', { path: 'A' }]),
    called(['read', { path: '../a' }]),
    called(['read', { path: '/a' }]),
    called(['read', { path: ' a' }]),
    called(['read', { path: 'a', limit: 5 }]),
    called(['run', { command: 'a' }]),
    called(['run', { command: ' a' }]),
    called(['read', { path: 'a' }], ['run', { command: 'b' }]),
    called(['run', { command: 'b' }], ['read', { path: 'a' }]),
    said('done'),
  ]
  assert.equal(new Set(apart.map(keyOf)).size, apart.length)
})

test('answers in words are one vote, whatever the words', () => {
  assert.equal(keyOf(said('All done.')), keyOf(said('I am finished.')))
})

test('what a client could not run has no vote', () => {
  for (const [heard, why] of [
    [called(['delete_everything', {}]), /"delete_everything", which is not offered/],
    [called(['read', { path: 1 }]), /do not fit/],
    [called(['read', { path: 'a' }], ['write', {}]), /not offered/],
    [{ ...called(['read', { path: 'a' }]), finishReason: 'length' }, /output limit/],
    [{ ...called(['read', { path: 'a' }]), finishReason: null }, /broke off/],
    [said('', { finishReason: 'stop' }), /said nothing/],
    [said('<think>I should read it</think>'), /said nothing/],
    [said('I will read it.\n<tool_call>\n{"name":"read"'), /cannot be read/],
    [said('<tool_call>{"name":"nothing","arguments":{}}</tool_call>'), /not offered/],
    [said('<invoke name="read">'), /cannot be read/],
    [called(...Array.from({ length: 33 }, (): [string, unknown] => ['read', { path: 'a' }])), /33 calls/],
  ] as const) {
    assert.match(whyOf(heard), why)
  }
})

test('words have no vote where a call is required, and one call is all where one at a time is asked for', () => {
  assert.match(whyOf(said('No.'), { mustCall: true }), /required/)
  const two = called(['read', { path: 'a' }], ['read', { path: 'b' }])
  const read = readSample(two, offer({ parallel: false }))
  assert.deepEqual(read.kind === 'calls' && read.calls, [{ name: 'read', arguments: '{"path":"a"}' }])
})

test('words that were cut off are kept, for want of better ones; half a call never', () => {
  const half = (text: string) => readSample(said(text, { finishReason: 'length' }), offer())
  assert.deepEqual(half('The reason is'), {
    kind: 'malformed',
    why: 'it was cut off at its output limit',
    text: 'The reason is',
  })
  const call = half('So:\n<tool_call>\n{"name":"re')
  assert.equal(call.text, '')
})

test('the words before a call come with it, without the thoughts', () => {
  const heard = { ...called(['read', { path: 'a' }]), text: '<think>hm</think>Let me look.\n\n' }
  const read = readSample(heard, offer())
  assert.equal(read.text.trim(), 'Let me look.')
})
