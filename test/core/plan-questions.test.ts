import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { describePlaces, readQuestions } from '../../src/core/plan-questions.ts'

const ask = (reply: unknown) => readQuestions(JSON.stringify(reply))

for (const [name, reply, expected] of [
  [
    'files',
    { subtasks: [], read: ['./src/a.ts', 'src/a.ts ', 'src/b.ts'] },
    { read: ['src/a.ts', 'src/b.ts'], find: [] },
  ],
  ['names', { find: ['priceOf', '.add', 'no name', 7, ''] }, { read: [], find: ['priceOf', '.add'] }],
  ['nothing', { subtasks: [], read: [], find: [] }, null],
  ['a plan and questions at once', { subtasks: [{ id: '1' }], read: ['src/a.ts'] }, null],
  ['something else', { read: 'src/a.ts', find: { name: 'x' } }, null],
] as const) {
  test(`a planner who asks for ${name} is understood`, () => assert.deepEqual(ask(reply), expected))
}

test('whatever a planner writes, what it asks is bounded', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{2,8}$/), fc.nat())), (list) => {
      const questions = ask({ read: list, find: list })
      assert.ok(questions === null || (questions.read.length <= 6 && questions.find.length <= 8))
    }),
  )
})

test('places are told file by file, the definitions first', () => {
  const definition = {
    name: 'priceOf',
    kind: 'function',
    line: 3,
    end: 5,
    signature: 'export function priceOf(item)',
  } as const
  const told = describePlaces([
    {
      name: 'priceOf',
      definitions: [{ path: 'src/price.ts', definition }],
      uses: [{ path: 'src/cart.ts', lines: [1, 4] }],
    },
  ])
  assert.deepEqual(told, [
    { path: 'src/price.ts', text: '``` src/price.ts\n3| export function priceOf(item)\n```' },
    { path: 'src/cart.ts', text: '``` src/cart.ts\n1| uses priceOf, also on 4\n```' },
  ])
})
