import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { analyzeCodebase } from '../../../src/codebase/tools/analyze-codebase.ts'
import { findReferences } from '../../../src/codebase/tools/find-references.ts'
import { readFile } from '../../../src/codebase/tools/read-file.ts'
import { searchDocs } from '../../../src/codebase/tools/search-docs.ts'
import { sayOther, wantsOfCalls } from '../../../src/core/plan-wants.ts'
import { LONGEST_CALL, MOST_CALLS } from '../../../src/core/research/calls.ts'
import { offerOf, readNativeCalls } from '../../../src/core/research/native-calls.ts'

const cards = [readFile, findReferences, searchDocs, analyzeCodebase]

const call = (name: string, given: unknown) => ({
  name,
  arguments: typeof given === 'string' ? given : JSON.stringify(given),
})
const read = (...calls: readonly ReturnType<typeof call>[]) => readNativeCalls(calls, cards)

test('a model is offered the tools without the workspace, which is not for it to choose', () => {
  const offer = offerOf(cards)
  assert.deepEqual(
    offer.map(({ name }) => name),
    cards.map(({ name }) => name),
  )
  const [file] = offer
  assert.equal(file!.name, 'read_file')
  assert.deepEqual(Object.keys(Object(file!.parameters['properties'])), ['path', 'start', 'end', 'raw'])
  assert.deepEqual(file!.parameters['required'], ['path'])
  assert.doesNotMatch(JSON.stringify(offer), /workspace":/)
})

for (const [name, one, expected] of [
  ['a call as it should be', call('read_file', { path: 'a.ts', start: 2 }), { path: 'a.ts', start: 2 }],
  [
    'another workspace, and what it leaves open',
    call('read_file', { path: 'a.ts', workspace: '/etc', end: null }),
    { path: 'a.ts' },
  ],
  ['no arguments where none are needed', call('analyze_codebase', ''), {}],
] as const) {
  test(`${name} is understood`, () => {
    const { calls, wrong } = read(one)
    assert.deepEqual([calls.map(({ arguments: given }) => given), wrong], [[expected], []])
  })
}

for (const [name, one, why] of [
  [
    'a tool that is not there',
    call('rm', { path: '/' }),
    /^rm \{"path":"\/"\}: there is no such tool; there is: read_file/,
  ],
  ['no JSON', call('read_file', '{"path": '), /its arguments are no JSON object/],
  ['a list', call('read_file', '["a.ts"]'), /its arguments are no JSON object/],
  ['an argument that is not known', call('read_file', { path: 'a.ts', mode: 'w' }), /mode/],
  ['an argument of another kind', call('read_file', { path: 7 }), /path: /],
  ['no name but a sentence', call('find_references', { name: 'where is it used' }), /one name is expected/],
  ['far too much', call('search_docs', { query: 'x'.repeat(LONGEST_CALL) }), /are no question/],
] as const) {
  test(`a call with ${name} is answered with what is wrong, in one short line`, () => {
    const { calls, wrong } = read(one)
    assert.deepEqual(calls, [])
    assert.match(wrong[0]!, why)
    assert.ok(wrong[0]!.length < 400 && !wrong[0]!.includes('\n'))
  })
}

test('each call counts once, and of hundreds only so many are made', () => {
  const same = call('read_file', { path: 'a.ts' })
  const { calls, wrong } = read(
    same,
    same,
    call('read_file', '{ "path": "a.ts" }'),
    ...Array.from({ length: 300 }, (_, at) => call('find_references', { name: `name${at}` })),
  )
  assert.equal(calls.length, MOST_CALLS - 1)
  assert.deepEqual(wrong, ['296 more calls: not answered, as 6 are the most'])
})

test('whatever is called, at most so many calls come of it, and all of them fit their tools', () => {
  const names = fc.oneof(fc.constantFrom(...cards.map(({ name }) => name)), fc.string())
  const given = fc.oneof(fc.string(), fc.json())
  fc.assert(
    fc.property(fc.array(fc.tuple(names, given), { maxLength: 20 }), (spoken) => {
      const { calls } = read(...spoken.map(([name, text]) => call(name, text)))
      assert.ok(calls.length <= MOST_CALLS)
      for (const { tool, arguments: given } of calls)
        assert.ok(cards.find(({ name }) => name === tool)!.input.safeParse(given).success)
      wantsOfCalls({ calls, wrong: [] })
    }),
  )
})

test('calls are sorted by who can answer them', () => {
  const wants = wantsOfCalls(
    read(
      call('read_file', { path: './src/a.ts', start: 3, end: 9 }),
      call('find_references', { name: 'parseLine' }),
      call('search_docs', { query: 'the cache' }),
      call('analyze_codebase', { focus: 'billing' }),
    ),
  )
  assert.deepEqual(wants.files, [{ path: 'src/a.ts', start: 3, end: 9 }])
  assert.deepEqual(wants.names, ['parseLine'])
  assert.deepEqual(wants.others.map(sayOther), [
    'what the documents say of "the cache"',
    'the project, for "billing"',
  ])
})
