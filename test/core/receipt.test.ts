import assert from 'node:assert/strict'
import { test } from 'node:test'
import { receiptOf } from '../../src/core/receipt.ts'
import { complete, created, gate, happyEvents, patch, stateAfter, verified } from './sample-story.ts'

test('a receipt shows base, checks, seats, ballots, models and tokens', () => {
  const receipt = receiptOf(stateAfter([created, ...happyEvents, complete(verified)]))
  assert.deepEqual(receipt.workspace, {
    name: 'app',
    commit: 'c'.repeat(40),
    tree: 'a'.repeat(40),
    cage: 'bubblewrap',
    leftOut: [],
  })
  assert.deepEqual(receipt.gates, [
    {
      gate: 'test',
      command: ['npm', 'run', 'test'],
      status: 'passed',
      exitCode: 0,
      ms: 3_200,
      tests: null,
      knownFailures: 0,
      flaky: [],
    },
  ])
  assert.equal(receipt.attempts[0]!.candidates.length, 3)
  assert.deepEqual(receipt.attempts[0]!.ballots[0], { subtask: '1', voter: 1, choice: 0, runOff: false })
  assert.deepEqual(receipt.models, ['fast-coder'])
  assert.equal(receipt.tokens.total.promptTokens, 400)
  assert.equal(receipt.ms, happyEvents.length * 1_000 + 1_000)
})

test('a receipt is plain JSON', () => {
  const receipt = receiptOf(stateAfter([created, ...happyEvents, complete(verified)]))
  assert.deepEqual(JSON.parse(JSON.stringify(receipt)), receipt)
})

test('an abstention shows the closest attempt and the gates it failed', () => {
  const best = { patch: patch(), gates: [gate('failed')], why: 'tests fail' }
  const receipt = receiptOf(stateAfter([created, complete({ kind: 'abstained', reason: 'limits', best })]))
  assert.equal(receipt.status, 'abstained')
  assert.equal(receipt.patch?.files[0], 'greet.txt')
  assert.equal(receipt.gates[0]!.status, 'failed')
})

test('a task that broke off has no patch', () => {
  const receipt = receiptOf(
    stateAfter([created, { type: 'task_abort', cause: 'fault', reason: 'gone', outcome: null }]),
  )
  assert.equal(receipt.patch, null)
  assert.equal(receipt.reason, 'gone')
})
