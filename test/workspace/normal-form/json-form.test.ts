import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { jsonForm } from '../../../src/workspace/normal-form/json-form.ts'

const form = (text: string, path = 'data.json') => jsonForm(path, text, { comments: false })

test('data that is written in another layout or order of keys has the same form', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2, '\t'), (text, indent) => {
      const value: unknown = JSON.parse(text)
      assert.equal(form(JSON.stringify(value, null, indent)), form(JSON.stringify(value)))
    }),
  )
  assert.equal(form('{"a": 1, "b": {"d": [], "c": "\\u0041"}}'), form('{"b": {"c": "A", "d": []}, "a": 1}'))
})

test('data that differs has another form', () => {
  const value = fc.json().map((text) => JSON.parse(text) as unknown)
  fc.assert(
    fc.property(value, value, (one, other) => {
      const same = sorted(one) === sorted(other)
      assert.equal(form(JSON.stringify(one)) === form(JSON.stringify(other)), same)
    }),
    { numRuns: 500 },
  )
  assert.notEqual(form('9007199254740993'), form('9007199254740992'))
  assert.notEqual(form('{"a": 1, "a": 2}'), form('{"a": 2, "a": 1}'))
  assert.notEqual(form('{"__proto__": 1}'), form('{}'))
})

test('the order of keys counts in a package.json', () => {
  const [one, other] = ['{"import": "a", "default": "b"}', '{"default": "b", "import": "a"}']
  assert.notEqual(form(one, 'package.json'), form(other, 'package.json'))
  assert.equal(form(one, 'package.json'), form(`{ "import":"a",\n"default":"b"}`, 'package.json'))
})

test('comments count where none may be, and nothing broken has a form', () => {
  const commented = '{ // note\n  "a": [1,], }'
  assert.equal(form(commented), null)
  assert.equal(jsonForm('tsconfig.json', commented, { comments: true }), form('{"a":[1]}'))
  for (const broken of ['', '{', '{"a" 1}', '[1] 2', '['.repeat(200_000)]) assert.equal(form(broken), null)
})

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? { keys: Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)) }
      : inner,
  )
}
