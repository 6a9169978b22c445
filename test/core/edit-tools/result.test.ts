import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callIdOf, isSurelyOurs, readCallId } from '../../../src/core/edit-tools/call-id.ts'
import { isPlanning } from '../../../src/core/edit-tools/planning.ts'
import { saysFailure } from '../../../src/core/edit-tools/result.ts'

const DONE = [
  'Edit applied successfully.',
  'Successfully replaced 1 block(s) in src/add.js.',
  'The file src/a.ts has been updated. Here is the result: Error: not found',
  '{"success":true,"error":null}',
  '',
  'ok',
  'Here is the file now:\n1: export const missing = "could not find it"',
  '{"query":"edit","result":"Edited /a.js with replacement","success":true}',
]
const FAILED = [
  'Error: oldString not found in content',
  'error: no such file',
  '{"success":false}',
  '{"error":"old_text was not found"}',
  'Could not find the exact text in src/a.ts.',
  'The user rejected this edit',
  'Tool execution was denied by the user',
  '<tool_use_error>File has not been read yet. Read it first before writing to it.</tool_use_error>',
  'Failed to edit, 0 occurrences found for old_string',
  'File not found: src/a.ts',
]

test('what a client says of an edit is heard', () => {
  for (const answer of DONE) assert.equal(saysFailure(answer), false, answer)
  for (const answer of FAILED) assert.equal(saysFailure(answer), true, answer)
})

test('a call’s id tells its task, and is short enough for every server', () => {
  const task = `task_${'0af9'.repeat(8)}`
  assert.equal(callIdOf(task, 99).length, 40)
  assert.deepEqual(readCallId(callIdOf(task, 99)), { taskId: task, call: 99 })
  assert.deepEqual(readCallId(callIdOf('t1', 0)), { taskId: 't1', call: 0 })
  assert.ok(isSurelyOurs(callIdOf(task, 0)))
  for (const id of ['call_abc', 'toolu_01_x', 'functions.edit:0', '', `call_${'x'.repeat(200)}_0`]) {
    assert.equal(readCallId(id), null, id)
  }
  assert.ok(!isSurelyOurs('call_abc_0'))
})

test('a client that plans says so behind the user’s words', () => {
  const user = (text: string) => [{ role: 'user', text }]
  assert.ok(
    isPlanning(user('"Fix it"\n<system-reminder>\nCRITICAL: Plan mode ACTIVE - you are in READ-ONLY phase.')),
  )
  assert.ok(
    isPlanning(user('<system-reminder>\nPlan mode is active. The user indicated …\n</system-reminder>')),
  )
  assert.ok(!isPlanning(user('Add a plan mode to the editor')))
  assert.ok(!isPlanning([...user('Plan mode is active.'), ...user('now do it')]))
})
