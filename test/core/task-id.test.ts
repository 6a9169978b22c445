import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completionIdOf, responseIdOf, taskIdOf } from '../../src/core/task-id.ts'

test('a task is found by its own id, by its completion and by its response', () => {
  for (const id of ['task_1', completionIdOf('task_1'), responseIdOf('task_1')])
    assert.equal(taskIdOf(id), 'task_1')
})
