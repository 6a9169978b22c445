import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SwarmEvent } from '../../src/core/event.ts'
import { Receipt, receiptOf } from '../../src/core/receipt.ts'
import { PROOF } from '../support/proof.ts'
import {
  callComplete,
  callStart,
  complete,
  created,
  gate,
  happyEvents,
  patch,
  place,
  stateAfter,
  verified,
} from './sample-story.ts'

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
      timedOut: false,
      ms: 3_200,
      tests: null,
      knownFailures: 0,
      flaky: [],
      newFailures: 0,
      findings: [],
    },
  ])
  assert.equal(receipt.attempts[0]!.candidates.length, 3)
  const { contests, ballots, verdicts } = receipt.attempts[0]!
  assert.deepEqual(contests[0]!.clusters, [[1]])
  assert.deepEqual([ballots[0]!.voter, ballots[0]!.choice, ballots[0]!.position], [1, 0, 0])
  assert.equal(verdicts[0]!.decision, 'approve')
  assert.deepEqual([receipt.label, receipt.effort, receipt.proof], ['verified', 'medium', PROOF])
  assert.deepEqual(receipt.models, ['fast-coder'])
  assert.equal(receipt.tokens.total.promptTokens, 400)
  assert.equal(receipt.ms, happyEvents.length * 1_000 + 1_000)
})

test('a receipt is plain JSON, and reads back as what it was', () => {
  const receipt = receiptOf(stateAfter([created, ...happyEvents, complete(verified)]))
  assert.deepEqual(JSON.parse(JSON.stringify(receipt)), receipt)
  assert.deepEqual(Receipt.parse(receipt), receipt)
})

test('a seat that was asked twice shows both: what was refused, and what became of it', () => {
  const refused = (resampled: boolean, code: string): SwarmEvent => ({
    type: 'patch_rejected',
    place: place(1),
    code,
    reason: 'because',
    resampled,
  })
  const [attempt] = receiptOf(
    stateAfter([
      created,
      { type: 'attempt_start', attempt: 1, tier: 'fast' },
      callStart('coder', 1),
      callComplete('coder', 1),
      refused(true, 'loop'),
      callStart('coder', 1),
      callComplete('coder', 1),
      refused(false, 'placeholder'),
    ]),
  ).attempts
  assert.deepEqual(
    attempt!.refusals.map(({ seat, model, code, resampled }) => [seat, model, code, resampled]),
    [
      [1, 'fast-coder', 'loop', true],
      [1, 'fast-coder', 'placeholder', false],
    ],
  )
  assert.deepEqual(
    attempt!.candidates.map(({ state, code }) => [state, code]),
    [['rejected', 'placeholder']],
  )
})

test('a receipt shows what was done to prove the change, and which limits were reached', () => {
  const strength = {
    exercised: true,
    mutants: 4,
    killed: 3,
    survived: ['a.ts:1 < became <='],
    unmeasured: null,
  }
  const test = { path: 'test/greet.test.js', content: '1' }
  const receipt = receiptOf(
    stateAfter([
      created,
      ...happyEvents,
      { type: 'gate_strength', place: place(1), strength, latencyMs: 9 },
      { type: 'spec_test', subtask: '1', status: 'holds', test, reason: null, latencyMs: 8 },
      { type: 'spec_result', place: place(1), passed: true },
      { type: 'candidate_agreed', place: place(2), with: place(1) },
      { type: 'objection_checked', loop: 1, claim: 'it shouts', counts: false, reason: 'it passes' },
      { type: 'budget_spent', budget: 'seconds', limit: 60 },
      complete(verified),
    ]),
  )
  const { candidates, specTests, checked } = receipt.attempts[0]!
  const [agreed, first] = [
    candidates.find(({ seat }) => seat === 2),
    candidates.find(({ seat }) => seat === 1),
  ]
  assert.deepEqual([first?.strength, first?.specPassed], [strength, true])
  assert.deepEqual([agreed?.state, agreed?.agreedWith], ['agreed', place(1)])
  assert.deepEqual(specTests, [{ subtask: '1', status: 'holds', test, reason: null }])
  assert.deepEqual(checked, [{ loop: 1, claim: 'it shouts', counts: false, reason: 'it passes' }])
  assert.deepEqual(receipt.limits, [{ budget: 'seconds', limit: 60 }])
})

test('a gate that failed names its new findings, in lines, and how many there are', () => {
  const many = Array.from({ length: 30 }, (_, line) => ({
    file: 'a.ts',
    line,
    code: 'X',
    message: 'm'.repeat(999),
  }))
  const best = {
    patch: patch(),
    gates: [
      { ...gate('failed'), diagnostics: many },
      { ...gate('failed', 'lint'), diagnostics: [] },
    ],
    why: 'tests fail',
  }
  const { gates } = receiptOf(stateAfter([created, complete({ kind: 'abstained', reason: 'limits', best })]))
  assert.equal(gates[0]!.newFailures, 30)
  assert.equal(gates[0]!.findings.length, 20)
  assert.match(gates[0]!.findings[1]!, /^a\.ts:1 X m+$/)
  assert.ok(gates[0]!.findings.every((finding) => finding.length <= 300))
  assert.deepEqual([gates[1]!.newFailures, gates[1]!.findings], [1, []])
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
