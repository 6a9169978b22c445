import assert from 'node:assert/strict'
import { test } from 'node:test'
import { within } from '../../src/core/budget.ts'
import { NO_BUDGET } from '../../src/core/task.ts'

test('a request can ask for less than the server allows, and never for more', () => {
  const allowed = { tokens: 1_000, seconds: null, attempts: 3 }
  assert.deepEqual(within(NO_BUDGET, allowed), allowed)
  assert.deepEqual(within({ tokens: 5_000, seconds: 60, attempts: 2 }, allowed), {
    tokens: 1_000,
    seconds: 60,
    attempts: 2,
  })
})
