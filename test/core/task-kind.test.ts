import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TaskKind } from '../../src/core/experience.ts'
import { kindOf } from '../../src/core/task-kind.ts'

const CASES: readonly (readonly [TaskKind, readonly string[]])[] = [
  [
    'fix',
    [
      'Fix the parser so that it accepts CRLF',
      'fix(parser): accept CRLF',
      'Please fix add in src/add.js: it subtracts',
      'The login page crashes when the password is empty',
      'Debug the failing import',
      'Dates are off by one in the calendar',
      'parse() throws on an empty string, it should return null',
      'Why not resolve the race condition in the queue',
      'The total is wrong when a discount applies',
      "The button shouldn't submit twice",
      'Return 403 instead of 500 for guests',
    ],
  ],
  [
    'feature',
    [
      'Add a currency column to the report',
      'feat: dark mode',
      'Make the parser accept CRLF',
      'Support YAML configuration files',
      'Let users sign in with a passkey',
      'Create an endpoint that lists all orders',
      'Implement pagination for /orders',
      'make it greet the world',
      'Could you add a --json flag to the command?',
    ],
  ],
  [
    'refactor',
    [
      'Refactor the cart into smaller functions',
      'Rename fetchUser to loadUser',
      'perf: memoise the route table',
      'Extract the tax rules into their own module',
      'Simplify this function without changing its behaviour',
      'Can you clean up the imports',
      'Replace moment with date-fns',
      'Remove the dead code in legacy.js',
      'chore: bump the schema',
    ],
  ],
  [
    'test',
    [
      'Add tests for the parser',
      'Write unit tests for src/cart.ts',
      'test: cover the error path',
      'Increase test coverage of the queue',
      'Add missing test cases for leap years',
      'Cover the retry logic',
      'Fix the flaky test in cart.test.ts',
    ],
  ],
  [
    'docs',
    [
      'Document the public API of Cart',
      'Update the README with the new flags',
      'docs: explain the cache',
      'Add a doc comment to the smallest function in src',
      'Add JSDoc to every exported function',
      'Fix typos in the comments',
      'Write documentation for the webhook',
    ],
  ],
]

for (const [kind, requests] of CASES) {
  test(`requests for a ${kind} are told by their words`, () => {
    for (const request of requests) assert.equal(kindOf(request), kind, request)
  })
}

test('what is quoted says nothing about what is asked', () => {
  const trace = '```\nError: test crashes, fix the broken README documentation\n```'
  assert.equal(kindOf(`Add a currency column to the report\n\n${trace}`), 'feature')
  assert.equal(kindOf('Add `fix the bug` as a button label'), 'feature')
})

test('a request without words of any kind is taken for something new', () => {
  assert.equal(kindOf('???'), 'feature')
  assert.equal(kindOf(''), 'feature')
})
