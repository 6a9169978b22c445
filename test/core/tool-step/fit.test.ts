import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { fitArguments } from '../../../src/core/tool-step/fit.ts'
import { CLIENTS, toolsOf } from '../edit-tools/client-tools.ts'
import { READ, RUN } from './offered.ts'

const fits = (parameters: Record<string, unknown>, value: unknown): boolean =>
  fitArguments({ name: 'x', description: '', parameters }, JSON.stringify(value)).ok

test('arguments that fit are handed on as they were written, and compared with the defaults filled in', () => {
  const text = '{ "path" : "a" }'
  assert.deepEqual(fitArguments(READ, text), { ok: true, text, full: { path: 'a', limit: 100 } })
})

test('what fits no tool is told in one short line', () => {
  for (const [text, why] of [
    ['{"path":1}', /^the arguments for read do not fit: path .*string/],
    ['{}', /path/],
    ['{"path":"a","extra":1}', /extra/],
    ['{"path":"a"', /no JSON object/],
    ['["a"]', /no JSON object/],
    ['null', /no JSON object/],
    [`{"path":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, /no JSON object/],
  ] as const) {
    const fit = fitArguments(READ, text)
    assert.ok(!fit.ok, text)
    assert.match(fit.why, why)
    assert.ok(fit.why.length <= 200)
  }
})

test('a null stands for what is left out, where the schema takes none', () => {
  assert.deepEqual(fitArguments(RUN, '{"command":"ls","background":null}'), {
    ok: true,
    text: '{"command":"ls"}',
    full: { command: 'ls' },
  })
  assert.equal(fitArguments(RUN, '{"command":null}').ok, false)
})

test('no text at all, and an object that was encoded twice, are read as what they mean', () => {
  const bare = { name: 'list', description: '', parameters: {} }
  assert.deepEqual(fitArguments(bare, ''), { ok: true, text: '{}', full: {} })
  const twice = fitArguments(RUN, JSON.stringify('{"command":"ls"}'))
  assert.deepEqual(twice, { ok: true, text: '{"command":"ls"}', full: { command: 'ls' } })
})

test('a schema is believed in what every reader of schemas agrees on', () => {
  const a = (schema: object) => ({ type: 'object', properties: { a: schema } })
  for (const [schema, good, bad] of [
    [a({ enum: ['x', 1, null] }), { a: 1 }, { a: 'y' }],
    [a({ type: ['string', 'null'] }), { a: null }, { a: 2 }],
    [a({ type: 'array', items: { type: 'string' }, minItems: 1 }), { a: ['x'] }, { a: [1] }],
    [a({ oneOf: [{ type: 'string' }, { type: 'number', pattern: 'x' }] }), { a: 1 }, { a: true }],
    [
      a({ type: 'object', properties: { b: { type: 'number' } }, required: ['b'] }),
      { a: { b: 1 } },
      { a: {} },
    ],
    [{ properties: { a: { type: 'string' } }, required: ['a'] }, { a: 'x' }, {}],
    [
      {
        ...a({ $ref: '#/definitions/n' }),
        definitions: { n: { type: 'array', items: { $ref: '#/definitions/n' } } },
      },
      { a: [[], []] },
      { a: [[1]] },
    ],
  ] as const) {
    assert.ok(fits(schema, good), JSON.stringify(schema))
    assert.ok(!fits(schema, bad), JSON.stringify(schema))
  }
})

test('a keyword that is not known refuses no call', () => {
  const a = (schema: object) => ({ type: 'object', properties: { a: schema } })
  for (const schema of [
    a({ type: 'string', pattern: '^(x+)+$', format: 'uri', contentEncoding: 'y', examples: [1] }),
    {
      ...a({}),
      if: { required: ['b'] },
      else: { required: ['c'] },
      not: { required: ['a'] },
      dependentRequired: { a: ['b'] },
    },
    { ...a({ type: 'any' }), type: 'OBJECT' },
    { ...a({ type: 'string', nullable: true }), patternProperties: { '^a': { type: 'number' } } },
    a({ $ref: 'https://elsewhere.example/schema.json' }),
    a({ allOf: [{ type: 'string' }], uniqueItems: true, 'x-own': {} }),
    { type: 'object', properties: 7, required: 'a' },
  ]) {
    assert.ok(fits(schema, { a: 'x '.repeat(20) }), JSON.stringify(schema))
  }
})

test('a schema without a bottom does not keep anybody', () => {
  let schema: Record<string, unknown> = { type: 'string' }
  for (let depth = 0; depth < 5_000; depth += 1) schema = { type: 'object', properties: { a: schema } }
  assert.ok(fits(schema, { a: { a: {} } }))
})

/** The least that a schema takes. */
function least(schema: Record<string, unknown>): unknown {
  const Part = z.record(z.string(), z.unknown())
  const { type, enum: among, anyOf, items, properties, required } = schema
  if (Array.isArray(among)) return among[0]
  if (Array.isArray(anyOf)) return least(Part.parse(anyOf[0]))
  if (type === 'array') return items === undefined ? [] : [least(Part.parse(items))]
  if (type !== 'object') return type === 'string' ? 'a' : type === 'boolean' ? true : 1
  const keys = z.array(z.string()).default([]).parse(required)
  return Object.fromEntries(keys.map((key) => [key, least(Part.parse(Part.parse(properties)[key]))]))
}

test("the real clients' tools take a call that fits, and none with a wrong type", () => {
  for (const client of CLIENTS) {
    for (const tool of toolsOf(client)) {
      const given = z.record(z.string(), z.unknown()).parse(least(tool.parameters))
      const fit = fitArguments(tool, JSON.stringify(given))
      assert.ok(fit.ok, `${client} ${tool.name}: ${fit.ok ? '' : fit.why}`)
      for (const key of Object.keys(given)) {
        const wrong = { ...given, [key]: { not: 'this' } }
        assert.ok(!fitArguments(tool, JSON.stringify(wrong)).ok, `${client} ${tool.name} ${key}`)
      }
    }
  }
})
