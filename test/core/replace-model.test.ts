import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { withModel } from '../../src/core/replace-model.ts'

test('only the top-level model changes, whatever else the body holds', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (rest, indent) => {
      const body = { ...rest, model: 'quorum', messages: [{ model: 'kept' }] }
      const changed = withModel(JSON.stringify(body, null, indent), 'fast "coder"')
      assert.equal(changed, JSON.stringify({ ...body, model: 'fast "coder"' }, null, indent))
    }),
  )
})

test('escapes in keys and values do not hide the model', () => {
  const changed = withModel(String.raw`{"a":"\\","mod\u0065l":"qu\"orum","b":["model","x"]}`, 'fast')
  assert.equal(changed, String.raw`{"a":"\\","mod\u0065l":"fast","b":["model","x"]}`)
})

test('a model that is given twice changes twice', () => {
  assert.equal(withModel('{"model":"a","model" : "b"}', 'c'), '{"model":"c","model" : "c"}')
})

test('a second one is found however its key is written, and wherever it stands', () => {
  const twice = String.raw`{"model":"a","messages":[{"content":""model": 1"}],"model":"b"}`
  assert.equal(withModel(twice, 'c'), twice.replace('"a"', '"c"').replace('"b"', '"c"'))
  assert.equal(
    withModel('{"model":"a","x":{"model":"b"},"model":"d"}', 'c'),
    '{"model":"c","x":{"model":"b"},"model":"c"}',
  )
})
